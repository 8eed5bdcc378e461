"""Draw the sample pictures, the same on every run: `python issues/assets/draw.py`.

The drawings of an issue stand in the module of its month; paper.py has the tools they share.
"""

from __future__ import annotations

from pathlib import Path

import draw_2015_07
import draw_2024_03
import draw_2024_11
from paper import MIST, NAVY, PAPER, SAND, Sheet, arc, line

ISSUES = {
    "2015-07": draw_2015_07.PICTURES,
    "2024-03": draw_2024_03.PICTURES,
    "2024-11": draw_2024_11.PICTURES,
}


def logo() -> Sheet:
    """Draw three arcs over a line, and the name, on a plate that suits light and dark."""
    sheet = Sheet((640, 160), NAVY, NAVY)
    for radius, colour in ((48, SAND), (33, "#e58a55"), (18, MIST)):
        sheet.lay(colour, colour, line(arc(84, 98, (radius, radius)), 7))
    sheet.lay(SAND, SAND, line([(36, 116), (132, 116)], 5))
    sheet.words("Monthly Update", (166, 101), 57, PAPER)
    return sheet


def main() -> None:
    """Draw every picture beside this script."""
    here = Path(__file__).parent
    logo().save(here / "logo.png")
    for issue, pictures in ISSUES.items():
        for picture in pictures:
            picture().save(here / f"{issue}-{picture.__name__.replace('_', '-')}.jpg")


if __name__ == "__main__":
    main()
