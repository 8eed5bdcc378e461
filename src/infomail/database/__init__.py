"""The database: subscribers, sendings, deliveries, on SQLite or PostgreSQL from one text."""

from infomail.database.connection import Database as Database
from infomail.database.newsletter_secret import secret as secret
from infomail.database.opening import open_database as open_database
