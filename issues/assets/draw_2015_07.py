"""The pictures of the issue of July 2015; each function draws the one of its name."""

from __future__ import annotations

from paper import (
    BRICK,
    COVER,
    DEEP,
    DUNE,
    LEAD,
    MIST,
    NAVY,
    NEWS,
    OCHRE,
    PAPER,
    RUST,
    SAND,
    SEA,
    Sheet,
    arc,
    arch,
    disc,
    line,
    poly,
    smooth,
)


def georgia() -> Sheet:
    """Draw a path over the mountains to an open door."""
    sheet = Sheet(LEAD, PAPER, SAND)
    sheet.lay("#d0672f", BRICK, disc(300, 190, 92))
    far = [(-60, 420), (150, 250), (260, 320), (470, 110), (640, 290), (760, 210), (1260, 520)]
    near = [(-60, 520), (120, 380), (300, 450), (560, 300), (760, 420), (930, 250), (1260, 470)]
    snow = [(470, 110), (543, 187), (505, 200), (476, 180), (440, 204), (395, 185)]
    sheet.lay(MIST, SEA, poly([*far, (1260, 660), (-60, 660)]), shade=0.25)
    sheet.lay(PAPER, PAPER, poly(snow))
    sheet.lay(SEA, NAVY, poly([*near, (1260, 660), (-60, 660)]), shade=0.3)
    sheet.hill(
        NAVY, DEEP, [(-60, 450), (240, 520), (560, 480), (800, 400), (940, 372), (1260, 420)]
    )
    sheet.lay(SAND, DUNE, arch(925, 384, 120, 168), shade=0.4)
    sheet.lay("#f2c879", OCHRE, arch(925, 384, 76, 138))
    left = smooth([(900, 381), (800, 432), (860, 470), (560, 520), (480, 660)])
    right = smooth([(950, 381), (830, 434), (930, 474), (660, 534), (660, 660)])
    sheet.lay("#f2c879", SAND, poly([*left, *reversed(right)]))
    return sheet


def convention() -> Sheet:
    """Draw ten years, a circle of states that opens around one person."""
    sheet = Sheet(NEWS, SAND, DUNE)
    for ring in range(10, 0, -1):
        radius, gap = 40 + 19 * ring, 26 + 2 * ring
        outer = arc(330, 270, (radius, radius), (gap - 30, 330 - gap))
        inner = arc(330, 270, (radius - 12, radius - 12), (330 - gap, gap - 30))
        tone = ((NAVY, DEEP), (SEA, NAVY))[ring % 2]
        sheet.lay(*tone, poly([*outer, *inner]))
    sheet.lay("#d0672f", RUST, disc(330, 270, 34), shade=0.35)
    return sheet


def silk_routes() -> Sheet:
    """Draw five routes over bands of desert and water, with their stations."""
    sheet = Sheet(NEWS, PAPER, SAND)
    bands = ((SAND, DUNE), (DUNE, OCHRE), (SEA, NAVY), (DUNE, OCHRE), (NAVY, DEEP))
    for step, (top, bottom) in enumerate(bands):
        y = 90 + 92 * step
        sheet.hill(
            top, bottom, [(-60, y + 30), (140, y - 14), (340, y + 34), (560, y - 10), (780, y + 24)]
        )
    for step in range(5):
        y, colour = 470 - 78 * step, (PAPER, BRICK, PAPER, RUST, NAVY)[step]
        bends = [
            (-20, y - 30),
            (110, y + 24),
            (250, y - 46 + 6 * step),
            (400, y + 10),
            (550, y - 62),
            (740, y - 20 - 8 * step),
        ]
        sheet.lay(colour, colour, line(smooth(bends), 4))
        sheet.lay(colour, colour, *(disc(*place, 10) for place in bends[1:-1]))
        sheet.lay(SAND, SAND, *(disc(*place, 4.5) for place in bends[1:-1]))
    return sheet


def west_africa() -> Sheet:
    """Draw the cover of a survey: 15 tiles, one line across."""
    sheet = Sheet(COVER, PAPER, SAND)
    tones = ((NAVY, DEEP), (SEA, NAVY), (DUNE, OCHRE), (BRICK, RUST), (MIST, SEA))
    for place in range(15):
        x, y = 36 + place % 3 * 138, 158 + place // 3 * 92
        tile = [(x, y), (x + 132, y), (x + 132, y + 86), (x, y + 86)]
        sheet.lay(*tones[(place * 2 + place // 3) % 5], poly(tile))
    route = smooth(
        [(20, 590), (120, 480), (210, 470), (260, 380), (350, 330), (360, 240), (470, 180)]
    )
    sheet.lay(PAPER, PAPER, line(route, 11), shade=0.35)
    sheet.words("Migration Policies", (34, 78), 35, NAVY)
    sheet.words("in West Africa", (35, 116), 25, BRICK)
    return sheet


PICTURES = (georgia, convention, silk_routes, west_africa)
