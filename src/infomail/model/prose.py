"""How prose is read: the one parser of Markdown, and where the links of a text lead."""

from __future__ import annotations

import functools

from markdown_it import MarkdownIt
from markdown_it.token import Token

_BLOCKS_OFF = ["heading", "lheading", "code", "fence", "html_block", "hr", "reference"]
_INLINES_OFF = ["image", "html_inline", "backticks"]


class _EveryLink(MarkdownIt):
    """Sees dangerous links, too, so that they are refused instead of left as plain text."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802  # markdown-it's own name
        return True


@functools.cache
def parser() -> MarkdownIt:
    """Give the parser of the safe subset: no raw HTML, pictures, headings or code."""
    subset = _EveryLink("commonmark", {"html": False, "xhtmlOut": True})
    return subset.disable([*_BLOCKS_OFF, *_INLINES_OFF])


@functools.lru_cache(maxsize=1024)
def tokens_of(prose: str) -> tuple[Token, ...]:
    """Parse `prose` once for all who look at it: it is checked, then printed in two forms."""
    return tuple(parser().parse(prose))


def link_targets(prose: str) -> tuple[str, ...]:
    """Name where each link of `prose` leads, in order, percent-encoded."""
    if "](" not in prose and "<" not in prose:
        return ()
    inlines = (token for block in tokens_of(prose) for token in block.children or ())
    return tuple(str(token.attrGet("href") or "") for token in inlines if token.type == "link_open")
