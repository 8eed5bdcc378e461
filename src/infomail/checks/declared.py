"""Does the mail say what it is: HTML5, UTF-8, its language, its direction and its title?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from babel import Locale, UnknownLocaleError

from infomail.checks.document import Element
from infomail.checks.proof import Proof
from infomail.checks.rule import MAIL_TEMPLATE, Fault, Rule, rule
from infomail.checks.sources import EMAIL_MARKUP, can_i_email, email_bug, wcag
from infomail.model.finding import Severity

_C1 = re.compile("[\x80-\x9f]")
_ARABIC_SCRIPT = re.compile("[\u0600-\u06ff\u0750-\u077f]")
_LATIN_SCRIPT = re.compile("[A-Za-z\u00c0-\u024f]")


@rule("doc-doctype", Severity.ERROR, can_i_email("html-doctype"))
def doc_doctype(proof: Proof) -> Iterator[Fault]:
    """The mail begins with the doctype of HTML5.

    Without it, browsers and mail programs fall back to the box model of the nineties.
    """
    if not proof.edition.html.lower().startswith("<!doctype html>"):
        yield Fault(
            "the mail has no HTML5 doctype", "begin the template with <mjml>", MAIL_TEMPLATE
        )


@rule("doc-charset", Severity.ERROR, email_bug(41, "characters that make Gmail clip"))
def doc_charset(proof: Proof) -> Iterator[Fault]:
    """No part holds a C1 control character.

    They come from texts that were once in Windows-1252. Gmail clips a mail with one at any size.
    """
    for part in (proof.edition.html, proof.edition.text):
        if found := _C1.search(part):
            message = f"the mail holds the control character U+{ord(found[0]):04X}"
            yield Fault(message, "delete it, or write the character that was meant")
            return


RULES: tuple[Rule, ...] = (doc_doctype, doc_charset)
