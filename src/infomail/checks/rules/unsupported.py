"""Does the mail use CSS or HTML that large mail programs do not know?

The table is a small selection from the data of caniemail.com (MIT, © Rémi Parmentier, as of
9 September 2025): what people bring along from the web. Named are the programs whose main version
lacks it altogether: the web versions of Gmail, Outlook.com (which is also the new Outlook for
Windows), Yahoo and GMX (with Web.de), and the Outlook on Windows that lays out by Word. What the
compiler writes by itself is not in it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

from infomail.checks.parsed.css import style_rules
from infomail.checks.parsed.document import Document
from infomail.checks.parsed.styles import written
from infomail.checks.proof import Proof
from infomail.checks.rule import MAIL_TEMPLATE, Fault, Rule, rule
from infomail.checks.sources import can_i_email
from infomail.model.finding import Severity

_GMAIL, _WORD, _OUTLOOK_COM = "Gmail", "Outlook on Windows", "Outlook.com"
_YAHOO, _GMX = "Yahoo", "GMX"
_ALL = (_GMAIL, _WORD, _OUTLOOK_COM, _YAHOO, _GMX)


class Feature(NamedTuple):
    """Something that not every mail program knows.

    Attributes:
        name: as designers say it.
        severity: an error if words or layout are lost, a warning if it shows, else information.
        clients: who lacks it; two at least.
    """

    name: str
    severity: Severity
    clients: tuple[str, ...]


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO
FEATURES: dict[str, Feature] = {
    "css-position": Feature("position", _E, (_GMAIL, _WORD)),
    "css-display-grid": Feature("display: grid", _E, (_GMAIL, _WORD, _YAHOO, _GMX)),
    "css-display-flex": Feature("display: flex", _E, (_WORD, _GMX)),
    "css-variables": Feature("var()", _E, _ALL),
    "html-svg": Feature("<svg>", _E, _ALL),
    "css-unit-calc": Feature("calc()", _W, (_WORD, _OUTLOOK_COM, _YAHOO, _GMX)),
    "css-function-clamp": Feature("clamp()", _W, (_WORD, _OUTLOOK_COM, _YAHOO, _GMX)),
    "css-function-min": Feature("min()", _W, (_WORD, _OUTLOOK_COM, _YAHOO, _GMX)),
    "css-function-max": Feature("max()", _W, (_WORD, _OUTLOOK_COM, _YAHOO, _GMX)),
    "css-unit-rem": Feature("the unit rem", _W, (_WORD, _YAHOO, _GMX)),
    "css-unit-vw": Feature("the unit vw", _W, (_WORD, _GMX)),
    "css-unit-vh": Feature("the unit vh", _W, (_WORD, _GMX)),
    "css-column-count": Feature("column-count", _W, (_WORD, _YAHOO, _GMX)),
    "css-writing-mode": Feature("writing-mode", _W, (_WORD, _YAHOO, _GMX)),
    "css-margin-inline-block": Feature("margin-inline and margin-block", _W, _ALL),
    "css-padding-inline-block": Feature("padding-inline and padding-block", _W, _ALL),
    "css-inset": Feature("inset", _W, _ALL),
    "css-aspect-ratio": Feature("aspect-ratio", _W, (*_ALL, "Thunderbird")),
    "css-transform": Feature("transform", _W, _ALL),
    "css-clip-path": Feature("clip-path", _W, _ALL),
    "css-mask-image": Feature("mask-image", _W, _ALL),
    "css-visibility": Feature("visibility", _W, (_GMAIL, _WORD)),
    "css-rgba": Feature("rgba()", _W, (_WORD, _GMX)),
    "css-pseudo-element-before": Feature("::before", _W, (_GMAIL, _WORD, _YAHOO, _GMX)),
    "css-pseudo-element-after": Feature("::after", _W, (_GMAIL, _WORD, _YAHOO, _GMX)),
    "html-ruby": Feature("<ruby>", _W, (_GMAIL, _WORD, _GMX)),
    "html-meter": Feature("<meter>", _W, (_GMAIL, _WORD, _YAHOO, _GMX)),
    "html-progress": Feature("<progress>", _W, _ALL),
    "html-dialog": Feature("<dialog>", _W, _ALL),
    "css-linear-gradient": Feature("linear-gradient()", _I, (_WORD, _OUTLOOK_COM, _YAHOO, _GMX)),
    "css-radial-gradient": Feature("radial-gradient()", _I, (_WORD, _OUTLOOK_COM, _YAHOO, _GMX)),
    "css-animation": Feature("animation", _I, _ALL),
    "css-transition": Feature("transition", _I, (_GMAIL, _WORD, _OUTLOOK_COM)),
    "css-box-shadow": Feature("box-shadow", _I, (_GMAIL, _WORD, _YAHOO, _GMX)),
    "css-text-shadow": Feature("text-shadow", _I, (_GMAIL, _WORD, _OUTLOOK_COM)),
    "css-filter": Feature("filter", _I, _ALL),
    "css-mix-blend-mode": Feature("mix-blend-mode", _I, (_WORD, _YAHOO, _GMX)),
    "css-pseudo-class-has": Feature(":has()", _I, (*_ALL, "Thunderbird")),
    "html-srcset": Feature("srcset", _I, _ALL),
    "html-picture": Feature("<picture>", _I, _ALL),
}
"""By the name of the page on caniemail.com."""

_SAME_NAME = (
    "position", "column-count", "writing-mode", "inset", "aspect-ratio", "transform", "clip-path",
    "mask-image", "visibility", "animation", "transition", "box-shadow", "text-shadow", "filter",
    "mix-blend-mode",
)  # fmt: skip
_PROPERTIES = {
    **{name: f"css-{name}" for name in _SAME_NAME},
    "columns": "css-column-count",
    "animation-name": "css-animation",
    **{
        f"{box}-{axis}{end}": f"css-{box}-inline-block"
        for box in ("margin", "padding")
        for axis in ("inline", "block")
        for end in ("", "-start", "-end")
    },
}
# Values with which a property does nothing; `relative` moves nothing by itself.
_IDLE = frozenset(
    {"0", "auto", "horizontal-tb", "inherit", "initial", "none", "normal", "relative", "static"}
    | {"unset", "visible"}
)
_DISPLAYS = {
    "flex": "css-display-flex",
    "inline-flex": "css-display-flex",
    "grid": "css-display-grid",
    "inline-grid": "css-display-grid",
}
_FUNCTIONS = {
    "var": "css-variables",
    "calc": "css-unit-calc",
    "clamp": "css-function-clamp",
    "min": "css-function-min",
    "max": "css-function-max",
    "rgba": "css-rgba",
    "linear-gradient": "css-linear-gradient",
    "radial-gradient": "css-radial-gradient",
}
_FUNCTION = re.compile(r"(?<![\w-])([a-z-]+)\(", re.IGNORECASE)
_UNIT = re.compile(r"[0-9](rem|vw|vh)\b", re.IGNORECASE)
_QUOTED = re.compile(r"url\([^)]*\)|\"[^\"]*\"|'[^']*'", re.IGNORECASE)
_SELECTOR = re.compile(r"::?(before|after)(?![\w-])|:(has)\(", re.IGNORECASE)
_SELECTORS = {
    "before": "css-pseudo-element-before",
    "after": "css-pseudo-element-after",
    "has": "css-pseudo-class-has",
}
_TAGS = ("svg", "ruby", "meter", "progress", "dialog", "picture")


@rule("css-unsupported", Severity.WARNING, *map(can_i_email, FEATURES))
def css_unsupported(proof: Proof) -> Iterator[Fault]:
    """The mail needs no CSS and no HTML that large mail programs do not know.

    What comes from the web, such as flex, grid and `position`, falls apart in Gmail or Outlook.
    It is an error if words or the layout are lost, a warning if readers will notice, information
    if it is an ornament that the mail can do without. In a media query an error is a warning, as
    programs that know these mostly know the rest; in `@supports` all is well.
    """
    counts: dict[str, int] = {}
    firm: set[str] = set()
    for page, in_query in _used(proof.mail):
        counts[page] = counts.get(page, 0) + 1
        if not in_query:
            firm.add(page)
    for page, count in counts.items():
        feature = FEATURES[page]
        error = feature.severity is Severity.ERROR
        times = "" if count == 1 else f" in {count} places"
        clients = f"{', '.join(feature.clients[:-1])} and {feature.clients[-1]}"
        advice = "do without it" if error else "make sure that the mail reads well without it"
        yield Fault(
            f"the mail uses {feature.name}{times}, which {clients} do not know",
            f"{advice} (caniemail.com/features/{page})",
            MAIL_TEMPLATE,
            severity=Severity.WARNING if error and page not in firm else feature.severity,
        )


def _used(mail: Document) -> Iterator[tuple[str, bool]]:
    """Give the features that a mail uses, and whether in a media query."""
    for each in written(mail):
        pages = _in_declaration(each.name, each.value)
        if pages and not any(around.startswith("@supports") for around in each.at_rules):
            yield from ((page, bool(each.at_rules)) for page in pages)
    for style_rule in style_rules(mail.css):
        for found in _SELECTOR.finditer(style_rule.selector) if ":" in style_rule.selector else ():
            yield _SELECTORS[(found[1] or found[2]).lower()], bool(style_rule.at_rules)
    for tag in _TAGS:
        yield from ((f"html-{tag}", False) for _ in mail.all(tag))
    for picture in mail.all("img"):
        if "srcset" in picture.attributes:
            yield "html-srcset", False


@functools.lru_cache(maxsize=4096)
def _in_declaration(name: str, value: str) -> tuple[str, ...]:
    pages = []
    if name in _PROPERTIES and value.lower() not in _IDLE:
        pages.append(_PROPERTIES[name])
    if name == "display" and value.lower() in _DISPLAYS:
        pages.append(_DISPLAYS[value.lower()])
    if name.startswith("--"):
        pages.append("css-variables")
    plain = _QUOTED.sub(" ", value)
    called = {function.lower() for function in _FUNCTION.findall(plain)}
    pages += [page for function, page in _FUNCTIONS.items() if function in called]
    pages += [f"css-unit-{unit.lower()}" for unit in _UNIT.findall(plain)]
    return tuple(dict.fromkeys(pages))


RULES: tuple[Rule, ...] = (css_unsupported,)
