"""The safe subset of Markdown: paragraphs, emphasis, links, lists and quotations.

One parse serves both sides: clean HTML for mail and page, and plain lines for the text part. Raw
HTML, pictures, headings and code stay the characters that they are. What comes out holds no tag
but those named in TAGS, and no link but those of SCHEMES.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import nh3
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

from infomail.model.prose import parser, tokens_of

TAGS = frozenset({"p", "a", "strong", "em", "ul", "ol", "li", "br", "blockquote", "bdi"})
SCHEMES = frozenset({"https", "http", "mailto", "tel"})
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "bdi": {"dir"}}

Escape = Callable[[str], Markup]


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A block of plain text: one paragraph or one entry of a list.

    Attributes:
        lines: its lines; a line break that the author asked for begins a new one.
        lead: what stands before the first line, such as "- ", "2. " or "| ".
    """

    lines: tuple[str, ...]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A prose in both forms.

    Attributes:
        html: well-formed as XML, so that it can stand inside MJML.
        blocks: for the text part, in the same order with the same words.
        links: the targets of links in the text, in order, as `blocks` marks them.
    """

    html: Markup
    blocks: tuple[TextBlock, ...]
    links: tuple[str, ...]


LINK_MARK = "\ufdd0{}\ufdd1"
"""Where a link ends in plain text: the number of its target between two non-characters."""


@functools.lru_cache(maxsize=1024)
def render(prose: str, escape: Escape) -> Rendered:
    """Render prose to clean HTML and to plain blocks.

    Results are kept, since a preview renders an issue again of which one text has changed.

    Args:
        prose: Markdown.
        escape: how a run of text becomes HTML; it isolates foreign runs where that is needed.
    """
    tokens = tokens_of(prose)
    links: list[str] = []
    return Rendered(_html(tokens, escape), tuple(_blocks(tokens, links)), tuple(links))


class _Renderer(RendererHTML):
    """Renders runs of text by the language's own escaping."""

    def __init__(self, escape: Escape) -> None:
        super().__init__()
        self._escape = escape

    def text(self, tokens: Sequence[Token], idx: int, _options: object, _env: object) -> str:
        return str(self._escape(tokens[idx].content))


@functools.lru_cache(maxsize=32)
def _renderer(escape: Escape) -> _Renderer:
    return _Renderer(escape)


@functools.cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS), attributes=_ATTRIBUTES, url_schemes=set(SCHEMES), link_rel=None
    )


def _html(tokens: Sequence[Token], escape: Escape) -> Markup:
    html = _renderer(escape).render(tokens, parser().options, {})
    clean = _cleaner().clean(html)
    # nh3 writes HTML; inside MJML it must be XML, which has neither void tags nor &nbsp;.
    return Markup(clean.replace("<br>", "<br/>").replace("&nbsp;", "&#160;").strip())  # noqa: S704  # cleaned above


def _blocks(tokens: Sequence[Token], links: list[str]) -> list[TextBlock]:
    blocks: list[TextBlock] = []
    lists: list[int | None] = []
    quotes, lead = 0, ""
    for token in tokens:
        match token.type:
            case "bullet_list_open":
                lists.append(None)
            case "ordered_list_open":
                start = token.attrGet("start")
                lists.append(1 if start is None else int(start))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                lead, lists[-1] = _item_lead(lists)
            case "blockquote_open":
                quotes += 1
            case "blockquote_close":
                quotes -= 1
            case "inline":
                blocks.append(TextBlock(_lines(token, links), "| " * quotes + lead))
                lead = ""
    return blocks


def _item_lead(lists: list[int | None]) -> tuple[str, int | None]:
    depth, number = len(lists) - 1, lists[-1]
    if number is None:
        return "  " * depth + "- ", None
    return "  " * depth + f"{number}. ", number + 1


def _lines(inline: Token, links: list[str]) -> tuple[str, ...]:
    text = "".join(_plain(token, links) for token in _with_targets(inline.children or []))
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in text.split("\n"))
    return tuple(line for line in lines if line)


def _with_targets(tokens: list[Token]) -> list[Token]:
    """Carry each link's target to its closing token, where the text part names it."""
    targets: list[str] = []
    for token in tokens:
        if token.type == "link_open":
            targets.append(str(token.attrGet("href") or ""))
        elif token.type == "link_close" and targets:
            token.meta = {"href": targets.pop()}
    return tokens


def _plain(token: Token, links: list[str]) -> str:
    match token.type:
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "em_open" | "em_close":
            return "_"
        case "strong_open" | "strong_close":
            return "*"
        case "link_close":
            links.append(str(token.meta["href"]))
            return LINK_MARK.format(len(links) - 1)
        case _:
            return token.content.replace("\n", " ")
