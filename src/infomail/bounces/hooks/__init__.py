"""What providers report over HTTP: proved, then read into the same values as reports by mail.

Nothing here touches the network or the database, and no octets make it raise: what cannot be read
is Unknown, and what is of no account (an opened letter, a delivery) is nothing.
"""
