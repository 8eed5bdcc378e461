"""What carries a letter away: a folder, an SMTP server, Amazon SES.

Each transport has `send`, which answers with what became of one letter, and raises TransportDown if
it cannot carry letters now; `rest`, after which nothing is held open until the next letter; and
`close`.
"""

from infomail.transports.folder import FolderTransport as FolderTransport
from infomail.transports.folder import candidates as candidates
from infomail.transports.ses import SesTransport as SesTransport
from infomail.transports.smtp import SmtpAccount as SmtpAccount
from infomail.transports.smtp import SmtpTransport as SmtpTransport
from infomail.transports.smtp import Timeouts as Timeouts
