"""`python -m infomail` is the command `infomail`."""

from infomail.cli import main

main()
