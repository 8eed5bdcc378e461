"""Does the mail say what it is: HTML5, UTF-8, its language, its direction and its title?

Whether the words are in the script of their language is judged by `infomail.checks.rules.scripts`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from babel import Locale

from infomail.checks.parsed.document import Element, folded
from infomail.checks.proof import Proof
from infomail.checks.rule import MAIL_TEMPLATE, Fault, Rule, Source, and_more, rule
from infomail.checks.rules.scripts import is_foreign, script_of
from infomail.checks.sources import EMAIL_MARKUP, can_i_email, email_bug, wcag
from infomail.model.finding import Severity
from infomail.model.language import language_tag
from infomail.model.manuscript import Path
from infomail.model.newsletter import Newsletter

_BCP_47 = Source("BCP 47: tags for identifying languages", "https://www.rfc-editor.org/info/bcp47")
_DOCTYPE = "<!doctype html>"
_C1_CONTROLS = tuple(map(chr, range(0x80, 0xA0)))
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';]+)", re.IGNORECASE)
# RFC 5646 section 2.1: language, script, region, variants; extensions and private use come last.
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-z](?:-[a-z0-9]{1,8})+)*",
    re.IGNORECASE | re.ASCII,
)
# ISO 639 has codes for "no language at all"; a screen reader has no voice for them.
_NO_LANGUAGES = frozenset({"und", "mul", "zxx", "mis", "root"})
_NO_REGIONS = frozenset({"ZZ", "XA", "XB"})
_DIRECTIONS = frozenset({"ltr", "rtl"})
_CHILD_DIRECTIONS = frozenset({*_DIRECTIONS, "auto"})
# What editors of templates write into <title> before anybody thought of one.
_PLACEHOLDER_TITLES = frozenset(
    {
        "",
        "title",
        "untitled",
        "untitled document",
        "document",
        "email",
        "e-mail",
        "mail",
        "newsletter",
        "html email",
        "email template",
        "sans titre",
        "infolettre",
        "بدون عنوان",
        "رسالة",
        "نشرة",
    }
)
_UNREAD = frozenset({"style", "script", "template", "noscript", "title"})
"""Elements whose text nobody reads."""
_BETWEEN_NAMES = " \t\n\u00a0-–—|·:•،,/"


@rule("doc-doctype", Severity.ERROR, can_i_email("html-doctype"))
def doc_doctype(proof: Proof) -> Iterator[Fault]:
    """The mail begins with the doctype of HTML5.

    Without it, browsers and mail programs fall back to the box model of the nineties.
    """
    if proof.edition.html[: len(_DOCTYPE)].lower() != _DOCTYPE:
        yield Fault(
            "the mail has no HTML5 doctype", "begin the template with <mjml>", MAIL_TEMPLATE
        )


@rule("doc-charset", Severity.ERROR, email_bug(41, "characters that make Gmail clip"))
def doc_charset(proof: Proof) -> Iterator[Fault]:
    """Every part is UTF-8 and holds no C1 control character.

    Such characters come from texts that were once in Windows-1252. Gmail clips a mail with one,
    or one that names another character set than UTF-8, at any size.
    """
    for part in (proof.edition.html, proof.edition.text):
        if found := next((control for control in _C1_CONTROLS if control in part), ""):
            message = f"the mail holds the control character U+{ord(found):04X}"
            remedy = "delete it, or write the character that was meant"
            yield Fault(message, remedy, _path_of(found, proof), found)
            break
    for meta in proof.mail.all("meta"):
        charset = _charset(meta)
        if charset and charset.lower() not in {"utf-8", "utf8"}:
            message = f"the mail calls itself {charset}, but it is sent as UTF-8"
            yield Fault(message, "write UTF-8 into the template's meta element", MAIL_TEMPLATE)


def _path_of(character: str, proof: Proof) -> Path:
    showing = (element for element in proof.mail.with_text if character in element.own_words)
    element = next(showing, None)
    return element.path if element else ()


def _charset(meta: Element) -> str:
    if "charset" in meta.attributes:
        return meta.attributes["charset"].strip()
    found = _CHARSET.search(meta.attributes.get("content", ""))
    is_type = meta.attributes.get("http-equiv", "").lower() == "content-type"
    return found[1] if found and is_type else ""


@rule("lang-html", Severity.ERROR, wcag("3.1.1", "Language of Page"), EMAIL_MARKUP)
def lang_html(proof: Proof) -> Iterator[Fault]:
    """The html element says which language the mail is in.

    By it screen readers choose the voice, and browsers the hyphenation and the quotation marks.
    """
    root = proof.mail.root
    if root is not None and not root.attributes.get("lang", "").strip():
        message = "the mail does not say which language it is in"
        yield Fault(message, f'write lang="{proof.edition.language}" on <mjml>', MAIL_TEMPLATE)


@rule("lang-body-child", Severity.ERROR, EMAIL_MARKUP)
def lang_body_child(proof: Proof) -> Iterator[Fault]:
    """Every element directly inside the body that shows words says its language.

    Webmail throws the html and body elements away, and with them what they said of the language;
    what the next elements say stays.
    """
    without = [child for child in _body_children(proof) if not _stripped(child, "lang")]
    if spoken := [child for child in without if child.words]:
        message = f"{_named(spoken[0])} directly in the body does not say its language"
        remedy = f'give it lang="{proof.edition.language}"'
        yield Fault(f"{message}{and_more(spoken)}", remedy, MAIL_TEMPLATE)


@rule("dir-html", Severity.ERROR, EMAIL_MARKUP, can_i_email("html-dir"))
def dir_html(proof: Proof) -> Iterator[Fault]:
    """The html element says in which direction the mail's language runs.

    Without it, Arabic and Hebrew mails begin at the wrong side and their full stops jump.
    """
    root = proof.mail.root
    if root is None:
        return
    written, right = _stripped(root, "dir").lower(), proof.edition.direction
    if written == right:
        return
    message = "the mail does not say in which direction it runs"
    if written:
        message = f"the mail says that it runs {written!r}, but its language runs {right!r}"
    yield Fault(message, f'write dir="{right}" on <mjml>', MAIL_TEMPLATE)


@rule("dir-body-child", Severity.ERROR, EMAIL_MARKUP)
def dir_body_child(proof: Proof) -> Iterator[Fault]:
    """Every element directly inside the body that shows words says its direction.

    Webmail throws the html and body elements away, and with them what they said of the direction.
    """
    children = list(_body_children(proof))
    without = [
        child for child in children if _stripped(child, "dir").lower() not in _CHILD_DIRECTIONS
    ]
    if spoken := [child for child in without if child.words]:
        message = f"{_named(spoken[0])} directly in the body does not say its direction"
        remedy = f'give it dir="{proof.edition.direction}"'
        yield Fault(f"{message}{and_more(spoken)}", remedy, MAIL_TEMPLATE)


@rule(
    "lang-valid",
    Severity.ERROR,
    _BCP_47,
    wcag("3.1.1", "Language of Page"),
    wcag("3.1.2", "Language of Parts"),
)
def lang_valid(proof: Proof) -> Iterator[Fault]:
    """Every language that the mail names is a real one, and the words are written in its script.

    A screen reader with the wrong voice reads gibberish, or spells letter by letter. So the mail
    names languages as BCP 47 does ("fr", not "french"), it names the edition's own, and an item
    of an Arabic edition is not mostly in Latin letters unless it says `language: en`.
    """
    yield from _wrong_tags(proof)
    yield from _wrong_language(proof)
    yield from _foreign_words(proof)


def _wrong_tags(proof: Proof) -> Iterator[Fault]:
    speaking = (each.attributes for each in proof.mail.elements if "lang" in each.attributes)
    for tag in sorted({attributes["lang"].strip() for attributes in speaking}):
        if tag and not _is_language(tag):
            message = f"the mail names the language {tag!r}, which is none"
            yield Fault(message, "write a code such as en, fr or ar", MAIL_TEMPLATE)


@functools.lru_cache(maxsize=256)
def _is_language(tag: str) -> bool:
    """Tell whether BCP 47 would have a tag, as far as CLDR knows its parts."""
    found = _TAG.fullmatch(tag)
    if not found or found["language"].lower() in _NO_LANGUAGES:
        return False
    known = Locale("en")
    script, region = (found["script"] or "").title(), (found["region"] or "").upper()
    return (
        (found["language"].lower() in known.languages or bool(language_tag(found["language"])))
        and (not script or script in known.scripts)
        and (not region or (region in known.territories and region not in _NO_REGIONS))
    )


def _wrong_language(proof: Proof) -> Iterator[Fault]:
    right = proof.edition.language
    around = [proof.mail.root] if proof.mail.root else []
    for element in [*around, *_body_children(proof)]:
        tag = _stripped(element, "lang")
        if _is_language(tag) and tag.lower() != right.lower():
            message = f"{_named(element)} says that the mail is in {tag!r}; it is in {right!r}"
            yield Fault(message, "write lang as the template gets it: view.tag", MAIL_TEMPLATE)
            return


def _foreign_words(proof: Proof) -> Iterator[Fault]:
    """Find the texts that are mostly in another script than that of their language."""
    language = proof.edition.language
    issue = proof.issue
    texts: list[tuple[Path, str, str]] = []
    if issue.letter:
        texts.append((("letter", "text"), issue.letter.text, language))
    texts += [
        ((name, "intro"), section.intro, language)
        for name, section in issue.sections
        if section.intro
    ]
    # The title alone may be a proper name, such as that of a conference; the text tells.
    texts += [
        (
            (*path, "text" if item.text else "title"),
            item.text or item.title,
            item.language or language,
        )
        for path, item in proof.items
    ]
    for path, words, tag in texts:
        if foreign := is_foreign(words, tag):
            yield _foreign(path, foreign, tag, proof)


def _foreign(path: Path, foreign: str, tag: str, proof: Proof) -> Fault:
    own = Locale("en").scripts.get(script_of(tag), "its own")
    found = Locale("en").scripts.get(foreign, foreign)
    item = proof.item_at(path)
    what = f"“{item.title}”" if item else "this text"
    message = f"{what} is mostly in {found} letters, but {tag!r} is written in {own} letters"
    remedy = "translate it" + (", or name its language with `language:`" if item else "")
    return Fault(message, remedy, path)


@rule("title-present", Severity.ERROR, wcag("2.4.2", "Page Titled"), EMAIL_MARKUP)
def title_present(proof: Proof) -> Iterator[Fault]:
    """The mail has a title that tells this issue from the others.

    It is the first thing that a screen reader says, and what the tab of a browser shows. The
    newsletter's name alone is the same every month.
    """
    title = next((folded(element.words) for element in proof.mail.all("title")), "")
    names = _names(proof.newsletter)
    if _rest(title, names) not in _PLACEHOLDER_TITLES:
        return
    if title and not _rest(proof.issue.title, names):
        message = f"the title “{proof.issue.title}” is only the name of the newsletter"
        yield Fault(message, "add what tells this issue from others: its month", ("title",))
        return
    message = f"the mail's title “{title}” is the same for every issue" if title else ""
    remedy = "put the issue's title into <mj-title>"
    yield Fault(message or "the mail has no title", remedy, MAIL_TEMPLATE)


def _names(newsletter: Newsletter) -> tuple[str, ...]:
    """Give what the newsletter is called, the longest name first."""
    names = {*newsletter.name.values(), *newsletter.organisation.values()}
    return tuple(sorted((name.casefold() for name in names), key=len, reverse=True))


def _rest(title: str, names: tuple[str, ...]) -> str:
    rest = title.casefold()
    for name in names:
        rest = rest.replace(name, "")
    return rest.strip(_BETWEEN_NAMES)


def _body_children(proof: Proof) -> Iterator[Element]:
    body = proof.mail.body
    children = body.children if body else iter(())
    return (child for child in children if child.tag not in _UNREAD)


def _stripped(element: Element, name: str) -> str:
    return element.attributes.get(name, "").strip()


def _named(element: Element) -> str:
    return f"<{element.tag}>"


RULES: tuple[Rule, ...] = (
    doc_doctype,
    doc_charset,
    lang_html,
    lang_body_child,
    dir_html,
    dir_body_child,
    lang_valid,
    title_present,
)
