"""Does the mail ask Outlook on Windows for what Word, its layout engine, does not understand?"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from infomail.checks.parsed.document import Element
from infomail.checks.parsed.styles import written
from infomail.checks.proof import Proof
from infomail.checks.rule import MAIL_TEMPLATE, Fault, Rule, Source, and_more, rule
from infomail.checks.sources import HTML, can_i_email
from infomail.model.finding import Severity

_MAIZZLE = Source("Maizzle: six-digit HEX", "https://maizzle.com/docs/transformers/six-hex")
_HSL = Source(
    "react-email 2947: hsl in Outlook", "https://github.com/resend/react-email/issues/2947"
)
_TALL = Source(
    "Act-On: Outlook rendering guide",
    "https://university.act-on.com/Product_Features/Outbound/Email_-_Create_and_Compose/Outlook_Rendering_and_Troubleshooting_Guide",
)
_MAX_HEIGHT_PX = 1_700
"""Word cuts at 1,728 px, 18 inches at 96 to the inch (Act-On; Microsoft says 18 inches)."""

_WHOLE_PX = re.compile(r"[1-9][0-9]*")
_PX = re.compile(r"([0-9]+(?:\.[0-9]+)?)(?:px)?")
# Begins with fixed letters, which makes searching a mail for it fast.
_HEX3 = re.compile(r"color\s*=\s*[\"']?(#[0-9a-fA-F]{3})\b(?=[^<>]{0,500}>)")
# CSS Color 4: what is newer than hex digits and commas.
_MODERN = re.compile(
    r"\b(?:hsla?|hwb|lab|lch|oklab|oklch|color|color-mix|light-dark)\([^)]*\)?"
    r"|\brgba?\(\s*[^\s,)]+\s+[^,)]*\)"
    r"|#[0-9a-f]{8}\b|#[0-9a-f]{4}\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"url\([^)]*\)|\"[^\"]*\"|'[^']*'", re.IGNORECASE)
# What each of them is when it does nothing.
_LAYOUT = {
    "float": {"none"},
    "max-height": {"none"},
    "min-height": {"0", "0px", "auto"},
    "min-width": {"0", "0px", "auto"},
    "object-fit": {"fill"},
}


@rule("img-width-attr", Severity.ERROR, can_i_email("html-width"))
def img_width_attr(proof: Proof) -> Iterator[Fault]:
    """Every picture has its width in whole pixels in a width attribute.

    Outlook on Windows reads no other width: it shows a picture without one, or with a percentage,
    in the size of its file, which for sharp pictures is twice as wide as the mail.
    """
    wrong = [
        picture
        for picture in proof.mail.all("img")
        if not _WHOLE_PX.fullmatch(picture.attributes.get("width", ""))
        and not proof.light[picture.number].hidden
    ]
    if wrong:
        given = wrong[0].attributes.get("width")
        state = f"the width “{given}”" if given else "no width"
        more = and_more(wrong)
        yield Fault(
            f"{_picture(wrong[0])} has {state} for Outlook on Windows{more}",
            'write its width in whole pixels without a unit, such as width="180"',
            MAIL_TEMPLATE,
        )


def _picture(picture: Element) -> str:
    words = picture.attributes.get("alt") or picture.attributes.get("src", "")
    return f"the picture “{words}”"


@rule("img-height-auto", Severity.WARNING, HTML, can_i_email("html-height"))
def img_height_auto(proof: Proof) -> Iterator[Fault]:
    """No picture has the attribute height="auto".

    HTML allows whole pixels only in this attribute; what a mail program makes of a word there is
    left to chance. In CSS (`height:auto`) it is right.
    """
    wrong = [
        picture
        for picture in proof.mail.all("img")
        if picture.attributes.get("height", "").strip().lower() == "auto"
    ]
    if wrong:
        more = and_more(wrong)
        message = f'{_picture(wrong[0])} has the attribute height="auto"{more}'
        yield Fault(message, "take the attribute out", MAIL_TEMPLATE)


@rule("word-ignores", Severity.INFO, *(can_i_email(f"css-{name}") for name in _LAYOUT))
def word_ignores(proof: Proof) -> Iterator[Fault]:
    """The layout does not hang on CSS that Outlook on Windows ignores.

    Told are only properties whose loss moves things: `float`, `object-fit`, `min-width`,
    `min-height` and `max-height`. Round corners and shadows are ornament, and every mail loses
    them; `position`, flex and grid are css-unsupported, background pictures bg-vml. What stands
    in a media query is meant for other programs anyway.
    """
    used: dict[str, int] = {}
    for each in written(proof.mail):
        if (
            each.name in _LAYOUT
            and each.value.lower() not in _LAYOUT[each.name]
            and not each.at_rules
            and not (each.element and each.element.style.get("display") == "none")
        ):
            used[each.name] = used.get(each.name, 0) + 1
    for name, count in used.items():
        times = "" if count == 1 else f" in {count} places"
        message = f"the layout uses `{name}`{times}, which Outlook on Windows ignores"
        yield Fault(message, "look how the mail is without it, or use columns", MAIL_TEMPLATE)


@rule("hex3-attr", Severity.WARNING, _MAIZZLE)
def hex3_attr(proof: Proof) -> Iterator[Fault]:
    """Colours in attributes have six hexadecimal digits.

    Some mail programs do not read three digits there (`bgcolor="#fff"`) and show no colour. In CSS
    three digits are safe.
    """
    found = _HEX3.findall(proof.edition.html)
    if found:
        colour = found[0]
        whole = "#" + "".join(2 * digit for digit in colour[1:])
        more = and_more(found)
        message = f'the colour "{colour}" in an attribute has three digits{more}'
        yield Fault(message, f"write {whole}", MAIL_TEMPLATE)


@rule(
    "modern-color",
    Severity.WARNING,
    can_i_email("css-modern-color"),
    can_i_email("css-rgb"),
    _HSL,
)
def modern_color(proof: Proof) -> Iterator[Fault]:
    """Colours in CSS are written in a way that every mail program reads.

    That is six or three hexadecimal digits, a name, or `rgb()` with commas. Outlook on Windows
    leaves out `hsl()` and everything newer; Gmail even drops all other styles that stand in the
    same attribute or style element with `rgb(0 0 0)` or `oklch()`. For `var()` see css-unsupported.
    """
    found = list(
        dict.fromkeys(colour for each in written(proof.mail) for colour in _modern(each.value))
    )
    if found:
        more = and_more(found)
        message = f"not every mail program reads the colour `{found[0]}`{more}"
        yield Fault(message, "write it with six hexadecimal digits, such as #1d2733", MAIL_TEMPLATE)


@functools.lru_cache(maxsize=4096)
def _modern(value: str) -> tuple[str, ...]:
    if "(" not in value and "#" not in value:
        return ()
    return tuple(_MODERN.findall(_ADDRESS.sub(" ", value)))


@rule("tall-cell", Severity.WARNING, _TALL)
def tall_cell(proof: Proof) -> Iterator[Fault]:
    """No picture and no cell is higher than 1,700 pixels as it is shown.

    Outlook on Windows lays a mail out in pages of about 1,728 pixels, as Word does for printing.
    It crops or shrinks what is higher, or puts a gap before it.
    """
    heights = {asset.name: asset.height_px / asset.width_px for asset in proof.edition.assets}
    for element in proof.mail.all("img", "table", "td"):
        ratio = heights.get(element.attributes.get("src", "").rpartition("/")[2], 0.0)
        height_px = _height_px(element, ratio)
        if height_px > _MAX_HEIGHT_PX:
            is_picture = element.tag == "img"
            name = _picture(element) if is_picture else f"a <{element.tag}>"
            message = f"{name} is {height_px:,.0f} px high; Outlook on Windows cuts at 1,728"
            remedy = "crop it, or cut it into several" if is_picture else "take its height out"
            yield Fault(message, remedy, element.path if is_picture else MAIL_TEMPLATE)


def _height_px(element: Element, ratio: float) -> float:
    """Tell how high an element says it is, or makes itself by its width."""
    attributes = element.attributes
    style = attributes.get("style", "")
    declared = element.style.get("height", "") if "height" in style else ""
    for given in (declared, attributes.get("height", "")):
        if found := _PX.fullmatch(given):
            return float(found[1])
    width = _PX.fullmatch(attributes.get("width", "")) if ratio else None
    return float(width[1]) * ratio if width else 0.0


RULES: tuple[Rule, ...] = (
    img_width_attr,
    img_height_auto,
    word_ignores,
    hex3_attr,
    modern_color,
    tall_cell,
)
