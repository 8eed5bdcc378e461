"""How prose is read: the one parser of Markdown, and where the links of a text lead."""

from __future__ import annotations

import functools

from markdown_it import MarkdownIt

_BLOCKS_OFF = ["heading", "lheading", "code", "fence", "html_block", "hr", "reference"]
_INLINES_OFF = ["image", "html_inline", "backticks"]


@functools.cache
def parser() -> MarkdownIt:
    """Give the parser of the safe subset: no raw HTML, pictures, headings or code."""
    return _subset(MarkdownIt)


class _EveryLink(MarkdownIt):
    """Sees links that are dangerous, too, which the other parser leaves as plain text."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802  # markdown-it's own name
        return True


@functools.cache
def _link_parser() -> MarkdownIt:
    return _subset(_EveryLink)


def _subset(kind: type[MarkdownIt]) -> MarkdownIt:
    parser = kind("commonmark", {"html": False, "xhtmlOut": True})
    return parser.disable([*_BLOCKS_OFF, *_INLINES_OFF])


@functools.lru_cache(maxsize=1024)
def link_targets(prose: str) -> tuple[str, ...]:
    """Name where each link of `prose` leads or would lead, in order, percent-encoded.

    Results are kept, since a translation is read together with its source.
    """
    if "](" not in prose and "<" not in prose:
        return ()
    tokens = (token for block in _link_parser().parse(prose) for token in block.children or ())
    return tuple(str(token.attrGet("href") or "") for token in tokens if token.type == "link_open")
