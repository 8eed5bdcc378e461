"""Numbered links of the text part: `[3]` in the text, the address below its section.

Numbers run through the whole text; the same address gets its number again only inside one
section, so that a reader never has to look far.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from infomail.compose.markdown import LINK_MARK, Rendered

_MARK = re.compile(LINK_MARK.format(r"(\d+)"))


@dataclass(slots=True)
class Footnotes:
    """The links of a section as they are met; `take` empties it for the next section."""

    _pending: dict[str, int] = field(default_factory=dict)
    _count: int = 0

    def number(self, url: str) -> str:
        """Give the mark of `url`, such as "[3]"."""
        if url not in self._pending:
            self._count += 1
            self._pending[url] = self._count
        return f"[{self._pending[url]}]"

    def blocks(self, prose: Rendered) -> list[tuple[str, tuple[str, ...]]]:
        """Give the blocks of a prose, each with its lead, its links numbered."""
        return [
            (
                block.lead,
                tuple(
                    _MARK.sub(lambda found: f" {self.number(prose.links[int(found[1])])}", line)
                    for line in block.lines
                ),
            )
            for block in prose.blocks
        ]

    def take(self) -> list[tuple[str, str]]:
        """Give the marks and addresses since the last call, in order."""
        pending = [(f"[{number}]", url) for url, number in self._pending.items()]
        self._pending.clear()
        return pending
