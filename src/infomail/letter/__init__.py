"""Letters: an edition as MIME messages, standards-clean and the same bytes on every machine.

`compile_letter` turns an edition into a template once; the template is then filled for each
subscriber. `message` gives the mail with its personal slots still open. Text comes before HTML
(RFC 2046 section 5.1.4), flowed as RFC 3676 describes.
"""

from infomail.letter.message import headers, message
from infomail.letter.notice import Posting, notice_letter
from infomail.letter.template import LetterTemplate, Personal, Unsigned, compile_letter

__all__ = [
    "LetterTemplate",
    "Personal",
    "Posting",
    "Unsigned",
    "compile_letter",
    "headers",
    "message",
    "notice_letter",
]
