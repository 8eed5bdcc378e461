"""The register: who is subscribed, in which language, and whether they still want it."""

from infomail.subscribers.importing import ImportReport as ImportReport
from infomail.subscribers.importing import InvalidRow as InvalidRow
from infomail.subscribers.importing import import_csv as import_csv
from infomail.subscribers.register import Entry as Entry
from infomail.subscribers.register import add as add
from infomail.subscribers.register import count as count
from infomail.subscribers.register import entry as entry
from infomail.subscribers.register import find as find
from infomail.subscribers.register import leave as leave
