"""Does Outlook on Windows, which lays mails out by Word, get what it needs?

What stands for it in conditional comments: the tables that hold columns together, its settings,
and VML, the drawing language in which alone it shows pictures behind text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

from infomail.checks.parsed import ghosts
from infomail.checks.parsed.conditional import (
    Segment,
    Tag,
    attributes,
    imbalance,
    segments,
    tags,
    words_near,
)
from infomail.checks.parsed.css import colour_channels
from infomail.checks.parsed.document import Document, Element, folded
from infomail.checks.parsed.styles import written
from infomail.checks.proof import Proof
from infomail.checks.rule import MAIL_TEMPLATE, Fault, Rule, Source, and_more, rule
from infomail.checks.sources import MJML_OUTLOOK, can_i_email
from infomail.model.finding import Severity

_PARCEL = Source("Parcel: is VML accessible?", "https://parcel.io/blog/is-vml-accessible")
_VML_READ = Source(
    "Accessible Email: VML and screen readers",
    "https://a11y.email/email-accessibility-alert-vml-code-creates-accessibility-errors/",
)
_DPI = Source(
    "J. White: DPI scaling in Outlook",
    "https://blog.jmwhite.co.uk/2014/03/28/solving-dpi-scaling-issues-with-html-email-in-outlook/",
)
_MICROSOFT_COMMENTS = Source(
    "Microsoft: conditional comments",
    "https://learn.microsoft.com/en-us/previous-versions/windows/internet-explorer/ie-developer/compatibility/ms537512(v=vs.85)",
)

_SHAPES = frozenset({"v:image", "v:oval", "v:rect", "v:roundrect", "v:shape"})
_FILLS = frozenset({"v:background", "v:fill", "v:image", "v:imagedata"})
_HEADING = re.compile(r"<(/?)h[1-6]\b[^<>]*+>", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]*+>")
_SETTINGS = re.compile(r"<o:PixelsPerInch>\s*96\s*</o:PixelsPerInch>", re.IGNORECASE)
_URL = re.compile(r"url\(\s*[\"']?([^\"')]*)", re.IGNORECASE)
_MENDS_VML = "write it once in HTML for everyone, or twice: for Outlook and for all others"


def _outlook_only(html: str) -> tuple[Segment, ...]:
    return tuple(each for each in segments(html) if not each.others)


def _others_only(html: str) -> tuple[Segment, ...]:
    return tuple(each for each in segments(html) if not each.outlook)


def _outlook_view(html: str) -> str:
    return "".join(each.text for each in segments(html) if each.outlook)


@rule("mso-balanced", Severity.ERROR, _MICROSOFT_COMMENTS, MJML_OUTLOOK)
def mso_balanced(proof: Proof) -> Iterator[Fault]:
    """Every element closes where it should, in Outlook on Windows and in all other programs.

    Outlook reads what stands in conditional comments (`<!--[if mso]>`) as part of the mail; for
    all others it is a comment. A table that only one of them closes tears the layout apart there:
    columns fall below each other, the footer slides into the middle. End tags that HTML lets
    authors leave out, such as `</li>` and `</td>`, may be missing.
    """
    html = proof.edition.html
    pieces = segments(html)
    views = {
        "all programs but Outlook": tuple(each for each in pieces if each.others),
        "Outlook on Windows": tuple(each for each in pieces if each.outlook),
    }
    found = {reader: wrong for reader, seen in views.items() if (wrong := imbalance(seen))}
    told = list(found)[0:1] if len(set(found.values())) == 1 else list(found)
    for reader in told:
        still, closing, offset = found[reader]
        readers = "all programs" if len(found) > len(told) else reader
        message = f"in {readers}, {_wrong(still, closing)}"
        if near := words_near(html, offset):
            message += f" near “{near}”"
        remedy = "close elements in the same kind of comment in which they were opened"
        yield Fault(message, remedy, MAIL_TEMPLATE)


def _wrong(still: Tag | None, closing: Tag | None) -> str:
    if still is None:
        return f"<{closing.name if closing else ''}> closes nothing"
    if closing is None:
        return f"<{still.name}> is never closed"
    return f"<{still.name}> is still open where <{closing.name}> stands"


@rule("ghost-width", Severity.WARNING, MJML_OUTLOOK)
def ghost_width(proof: Proof) -> Iterator[Fault]:
    """The columns that Outlook on Windows gets fill the width of their row.

    For Outlook, columns stand in tables of their own with a width in pixels for each. Together
    they are as wide as the row: if they are wider, the mail grows at that place and its edge gets
    a step, if they are narrower, a gap stays. One pixel a column may be lost by rounding.
    """
    wrong = [row for row in ghosts.rows(proof.edition.html) if not row.fits]
    if not wrong:
        return
    row = wrong[0]
    cells = " + ".join(f"{round(width_px, 1):g}" for width_px in row.cells_px)
    total = f"{cells} = {round(sum(row.cells_px), 1):g}" if len(row.cells_px) > 1 else cells
    near = words_near(proof.edition.html, row.offset)
    message = f"in Outlook, columns of {total} px stand in a row of {round(row.width_px, 1):g} px"
    message += f" near “{near}”" if near else ""
    message += and_more(wrong)
    yield Fault(message, "let the columns of each row add up to its width", MAIL_TEMPLATE)


@rule("mso-dpi", Severity.ERROR, _DPI)
def mso_dpi(proof: Proof) -> Iterator[Fault]:
    """The mail tells Outlook on Windows to count 96 pixels to an inch.

    On a screen that Windows enlarges, Outlook enlarges text but not the widths of tables, and the
    mail looks crushed. The namespaces `xmlns:v` and `xmlns:o` on the root, and
    `<o:PixelsPerInch>96</o:PixelsPerInch>` in a conditional comment in the head, prevent it.
    """
    mail = proof.mail
    declared = mail.root.attributes if mail.root else {}
    missing = [name for name in ("xmlns:v", "xmlns:o") if name not in declared]
    office = (each for each in _outlook_only(proof.edition.html) if "PixelsPerInch" in each.text)
    if not any(_SETTINGS.search(each.text) for each in office):
        missing.append("OfficeDocumentSettings with PixelsPerInch 96")
    if missing:
        yield Fault(
            f"Outlook on enlarged screens crushes the mail: {' and '.join(missing)} missing",
            "begin the template with <mjml>, which sets all of it",
            MAIL_TEMPLATE,
        )


@rule("vml-alt", Severity.ERROR, _PARCEL, _VML_READ)
def vml_alt(proof: Proof) -> Iterator[Fault]:
    """Every picture drawn in VML for Outlook has an alt attribute.

    Without one, screen readers say things like "shape star merge format". A shape that only lies
    behind text needs an empty one (`alt=""`), or its text is read twice; that is a warning.
    """
    if "<v:" not in proof.edition.html:
        return
    pictures = list(_pictures_without_alt(tags(_outlook_view(proof.edition.html))))
    if not pictures:
        return
    name, behind = min(pictures, key=lambda each: each[1])
    more = and_more(pictures)
    yield Fault(
        f"the {name} that Outlook draws has no alt{more}",
        'add alt="" to the shape' if behind else "add an alt that says what the picture shows",
        MAIL_TEMPLATE,
        severity=Severity.WARNING if behind else None,
    )


def _pictures_without_alt(found: tuple[Tag, ...]) -> Iterator[tuple[str, bool]]:
    """Give shapes with a picture and no alt: their name, and whether text lies upon them."""
    shape: Tag | None = None
    picture = behind = False
    for tag in (*found, Tag("/v:end", "", 0)):
        if tag.name in _SHAPES or tag.name.removeprefix("/") in {*_SHAPES, "v:end"}:
            if shape and picture and "alt" not in attributes(shape.source):
                yield f"<{shape.name}>", behind
            shape = tag if tag.name in _SHAPES else None
            picture = behind = False
        picture = picture or (tag.name in _FILLS and bool(attributes(tag.source).get("src")))
        behind = behind or tag.name == "v:textbox"


@rule("vml-link", Severity.WARNING, _PARCEL)
def vml_link(proof: Proof) -> Iterator[Fault]:
    """Every link that only Outlook on Windows gets, or only all others, has its twin.

    A button drawn in VML stands in a conditional comment. If its address is not in the HTML as
    well, or the other way round, some readers cannot follow it.
    """
    html = proof.edition.html
    lone = {
        "Outlook on Windows": _lone(html, _links, to_outlook=True),
        "programs other than Outlook": _lone(html, _links, to_outlook=False),
    }
    for readers, urls in lone.items():
        if urls:
            more = and_more(urls)
            yield Fault(f"only {readers} can follow {urls[0]}{more}", _MENDS_VML, MAIL_TEMPLATE)


@rule("vml-heading", Severity.WARNING, _PARCEL)
def vml_heading(proof: Proof) -> Iterator[Fault]:
    """Every heading that only Outlook on Windows gets, or only all others, has its twin.

    People who use a screen reader jump from heading to heading; one that stands for some programs
    only is a part of the mail that others cannot find.
    """
    html = proof.edition.html
    lone = {
        "Outlook on Windows": _lone(html, _headings, to_outlook=True),
        "programs other than Outlook": _lone(html, _headings, to_outlook=False),
    }
    for readers, names in lone.items():
        if names:
            more = and_more(names)
            message = f"only {readers} show the heading “{names[0]}”{more}"
            yield Fault(message, _MENDS_VML, MAIL_TEMPLATE)


def _lone(html: str, find: Callable[[str], Iterator[str]], *, to_outlook: bool) -> tuple[str, ...]:
    """Give what only one kind of reader gets, in order, each once."""
    own, twins = _outlook_only(html), _others_only(html)
    if not to_outlook:
        own, twins = twins, own
    sought = tuple(dict.fromkeys(each for piece in own for each in find(piece.text)))
    if not sought:
        return ()
    both = (each for each in segments(html) if each.outlook and each.others)
    known = {each for piece in (*twins, *both) for each in find(piece.text)}
    return tuple(each for each in sought if each not in known)


def _links(text: str) -> Iterator[str]:
    if "href" not in text:
        return
    for tag in tags(text):
        if (tag.name in {"a", "area"} or tag.name.startswith("v:")) and "href" in tag.source:
            url = attributes(tag.source).get("href", "").strip()
            if url and not url.startswith("#"):
                yield url


def _headings(text: str) -> Iterator[str]:
    begun = -1
    for found in _HEADING.finditer(text):
        if found[1] and begun >= 0:
            yield folded(unescape(_MARKUP.sub(" ", text[begun : found.start()])))
        begun = -1 if found[1] else found.end()


@rule("bg-vml", Severity.WARNING, can_i_email("css-background-image"), MJML_OUTLOOK)
def bg_vml(proof: Proof) -> Iterator[Fault]:
    """Every picture behind text is drawn in VML for Outlook on Windows, over a colour.

    Outlook on Windows knows no background pictures but those in VML. The colour is what everyone
    sees until pictures load, and what many see for good: white text needs a dark one.
    """
    pictures = _backgrounds(proof.mail)
    if not pictures:
        return
    drawn = {
        attributes(tag.source).get("src", "").strip()
        for piece in _outlook_only(proof.edition.html)
        if "<v:" in piece.text
        for tag in tags(piece.text)
        if tag.name in _FILLS
    }
    for url, coloured in pictures.items():
        wrong = [] if url in drawn else ["Outlook on Windows does not show it"]
        wrong += [] if coloured else ["no colour stands behind it"]
        if wrong:
            message = f"the background picture {url}: {' and '.join(wrong)}"
            remedy = "set background-url and background-color on an mj-section"
            yield Fault(message, remedy, MAIL_TEMPLATE)


def _backgrounds(mail: Document) -> dict[str, bool]:
    """Give the pictures behind text, and whether they lie over a colour."""
    found: dict[str, bool] = {}
    for tag in ("body", "table", "td", "th"):
        for element in mail.all(tag):
            if url := element.attributes.get("background", "").strip():
                found[url] = found.get(url, False) or _coloured(element)
    for each in written(mail):
        if each.name in {"background", "background-image"} and not each.at_rules:
            for url in _URL.findall(each.value):
                own = _has_colour(each.value) or bool(each.element and _coloured(each.element))
                found[url] = found.get(url, False) or own
    return found


def _coloured(element: Element) -> bool:
    style = element.style
    behind = (style.get("background-color", ""), style.get("background", ""))
    return "bgcolor" in element.attributes or any(map(_has_colour, behind))


def _has_colour(value: str) -> bool:
    return any(map(colour_channels, _URL.sub(" ", value).replace(")", " ").split()))


RULES: tuple[Rule, ...] = (
    mso_balanced,
    ghost_width,
    mso_dpi,
    vml_alt,
    vml_link,
    vml_heading,
    bg_vml,
)
