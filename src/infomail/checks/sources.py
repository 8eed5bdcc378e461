"""Where the demands of rules come from: standards, measurements and the guides of the field."""

from __future__ import annotations

from infomail.checks.rule import Source


def wcag(criterion: str, name: str) -> Source:
    """Name a success criterion of WCAG 2.2, such as ("1.4.3", "Contrast (Minimum)")."""
    slug = "-".join(name.lower().replace("(", "").replace(")", "").replace(",", "").split())
    return Source(
        f"WCAG 2.2, {criterion} {name}", f"https://www.w3.org/WAI/WCAG22/Understanding/{slug}"
    )


def can_i_email(feature: str) -> Source:
    """Name a page of caniemail.com by its address, such as "css-border-radius"."""
    return Source(f"Can I email: {feature}", f"https://www.caniemail.com/features/{feature}/")


def rfc(number: int, section: str) -> Source:
    """Name a section of an RFC."""
    return Source(
        f"RFC {number}, section {section}",
        f"https://www.rfc-editor.org/rfc/rfc{number}#section-{section}",
    )


def email_bug(number: int, name: str) -> Source:
    """Name a report of github.com/hteumeuleu/email-bugs."""
    return Source(
        f"email-bugs {number}: {name}", f"https://github.com/hteumeuleu/email-bugs/issues/{number}"
    )


EMAIL_MARKUP = Source(
    "Email Markup Consortium: accessibility report",
    "https://emailmarkup.org/en/reports/accessibility/",
)
GMAIL_SENDERS = Source(
    "Google: e-mail sender guidelines", "https://support.google.com/a/answer/81126"
)
HTML = Source("HTML Living Standard", "https://html.spec.whatwg.org/multipage/")
LITMUS_DARK = Source(
    "Litmus: the ultimate guide to dark mode",
    "https://www.litmus.com/blog/the-ultimate-guide-to-dark-mode-for-email-marketers",
)
MJML_OUTLOOK = Source("MJML documentation", "https://documentation.mjml.io/")
STAFF = Source("infomail: checks", "../explanation/checks.md")
"""What no standard demands, yet every newsletter's staff would."""
