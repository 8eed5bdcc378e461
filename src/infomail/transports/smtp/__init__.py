"""Letters over SMTP: one connection, one round trip a letter, and the outcome exact by phase."""

from infomail.transports.smtp.account import SmtpAccount as SmtpAccount
from infomail.transports.smtp.account import Timeouts as Timeouts
from infomail.transports.smtp.fleet import Fleet as Fleet
from infomail.transports.smtp.session import SmtpTransport as SmtpTransport
