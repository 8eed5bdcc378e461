"""The pictures of the issue of March 2024; each function draws the one of its name."""

from __future__ import annotations

import math

from paper import (
    BRICK,
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


def mieux() -> Sheet:
    """Draw a bridge of arcs that stands on 138 points, one for each project."""
    sheet = Sheet(LEAD, NAVY, DEEP)
    dots = [(72 + 48 * column, 408 + 31 * row) for row in range(6) for column in range(23)]
    sheet.lay("#2f5a85", "#24486f", *(disc(x, y, 8) for x, y in dots[23:]))
    sheet.lay(SAND, SAND, line(arc(600, 385, (528, 340)), 3))
    for middle, reach in ((216, 144), (984, 144), (600, 240)):
        tones = (
            (MIST, SEA),
            (SEA, NAVY),
            (SAND, DUNE),
            (DUNE, OCHRE),
            ("#d0672f", RUST),
            (NAVY, DEEP),
        )
        for step, tone in enumerate(tones):
            half = reach * (1 - 0.145 * step)
            sheet.lay(*tone, poly(arc(middle, 385, (half, half * 1.06))), shade=0.25)
    sheet.lay(NAVY, NAVY, poly([(0, 385), (1200, 385), (1200, 402), (0, 402)]))
    sheet.lay(SAND, SAND, *(disc(x, y, 8) for x, y in dots[:23]))
    return sheet


def people() -> Sheet:
    """Draw an audience in which every third person is marked."""
    sheet = Sheet(NEWS, MIST, PAPER)
    tones = ((SEA, NAVY), (MIST, SEA), (NAVY, DEEP), (DUNE, OCHRE))
    for row in range(5):
        radius, y = 44 + 9 * row, 150 + row * 92 + row * row * 4
        for column in range(-1, 9):
            x = 30 + column * radius * 2.1 + (row % 2) * radius
            tone = (BRICK, RUST) if (column + row) % 3 == 0 else tones[(column + 2 * row) % 4]
            sheet.lay(*tone, poly(arc(x, y, (radius, radius))))
        bench = (PAPER, SAND) if row % 2 else (SAND, DUNE)
        sheet.lay(*bench, poly([(0, y), (720, y), (720, 560), (0, 560)]), shade=0.25)
    return sheet


def frameworks() -> Sheet:
    """Draw four sheets under one arch, one for each country."""
    sheet = Sheet(NEWS, SEA, NAVY)
    sheet.lay(PAPER, SAND, arch(360, 560, 520, 510), shade=0.35)
    sheet.lay(MIST, PAPER, arch(360, 560, 460, 480))
    tones = ((NAVY, DEEP), (SEA, NAVY), (DUNE, OCHRE), (BRICK, RUST))
    for step, (top, bottom) in enumerate(tones):
        left, head = 176 + 74 * step, 150 + 62 * step
        corner = [
            (left, head),
            (left + 106, head),
            (left + 146, head + 40),
            (left + 146, 560),
            (left, 560),
        ]
        sheet.lay(top, bottom, poly(corner), shade=0.35)
        sheet.lay(
            PAPER,
            PAPER,
            poly([(left + 106, head), (left + 146, head + 40), (left + 106, head + 40)]),
        )
        for mark in range(3):
            y = head + 62 + 18 * mark
            sheet.lay(PAPER, PAPER, line([(left + 20, y), (left + 62, y)], 3), opacity=0.7)
    return sheet


def diaspora() -> Sheet:
    """Draw those who left, on their orbits around home."""
    sheet = Sheet(NEWS, DEEP, NAVY)
    for step, radius in enumerate((215, 290, 365, 440)):
        sheet.lay(SEA, SEA, line(arc(360, 480, (radius, radius)), 2), opacity=0.6)
        for place in range(3 + step):
            angle = math.radians(200 + (140 / (2 + step)) * place + 9 * (step % 2))
            x, y = 360 + radius * math.cos(angle), 480 + radius * math.sin(angle)
            colour = (SAND, OCHRE, MIST, "#d0672f")[(place + step) % 4]
            sheet.lay(colour, colour, disc(x, y, 8 + 4 * ((place * 2 + step) % 3)))
    sheet.lay("#d0672f", RUST, disc(360, 480, 140), shade=0.4)
    sheet.hill(SEA, NAVY, [(-60, 470), (180, 440), (420, 465), (780, 430)])
    sheet.hill(SAND, DUNE, [(-60, 500), (240, 505), (520, 485), (780, 510)])
    return sheet


def integration() -> Sheet:
    """Draw different quarters that fit together."""
    sheet = Sheet(NEWS, PAPER, PAPER)
    tones = ((NAVY, DEEP), (SEA, SEA), (SAND, DUNE), (BRICK, RUST), (OCHRE, OCHRE), (MIST, MIST))
    for row in range(3):
        for column in range(4):
            x, y, pick = 180 * column, 180 * row, (5 * row + 3 * column + row * column) % 6
            sheet.lay(
                *tones[(pick + 2) % 6],
                poly([(x, y), (x + 180, y), (x + 180, y + 180), (x, y + 180)]),
            )
            turn = (column + 2 * row + row * column) % 4
            corner = ((x, y), (x + 180, y), (x + 180, y + 180), (x, y + 180))[turn]
            for radius, tone in ((180, pick), (118, pick + 5), (56, pick + 2)):
                wedge = arc(*corner, (radius, radius), (90 * turn, 90 * turn + 90))
                sheet.lay(*tones[tone % 6], poly([corner, *wedge]))
    return sheet


def environment() -> Sheet:
    """Draw hills, heat and a dry river bed."""
    sheet = Sheet(NEWS, PAPER, DUNE)
    sheet.lay("#d0672f", BRICK, disc(500, 165, 88))
    sheet.hill(MIST, SEA, [(-60, 250), (120, 190), (330, 270), (560, 215), (780, 260)])
    sheet.hill(SEA, NAVY, [(-60, 290), (150, 320), (330, 265), (560, 330), (780, 290)])
    sheet.hill(SAND, DUNE, [(-60, 370), (200, 345), (460, 375), (780, 345)])
    sheet.hill(DUNE, OCHRE, [(-60, 420), (260, 435), (520, 405), (780, 440)])
    left = smooth([(408, 368), (360, 400), (430, 440), (300, 490), (330, 580)])
    right = smooth([(414, 368), (384, 400), (480, 440), (400, 490), (520, 580)])
    sheet.lay(RUST, BRICK, poly([*left, *reversed(right)]))
    return sheet


def training() -> Sheet:
    """Draw an open book, on one side pages, on the other a flight of steps."""
    sheet = Sheet(NEWS, MIST, PAPER)
    sheet.lay("#d0672f", BRICK, disc(170, 165, 62))
    for step in range(6):
        x, y = 384 + 47 * step, 352 - 44 * step
        top, bottom = ((SAND, DUNE), (SEA, NAVY))[step % 2]
        sheet.lay(top, bottom, poly([(x, y), (666, y), (666, 402), (x, 402)]), shade=0.3)
        sheet.lay(PAPER, PAPER, poly([(x, y), (666, y), (666, y + 9), (x, y + 9)]))
    for step, (top, bottom) in enumerate(
        ((NAVY, DEEP), (DUNE, OCHRE), (SAND, DUNE), (PAPER, SAND))
    ):
        lift, reach = 20 * step, 320 - 14 * step
        for side in (-1, 1) if step < 2 else (-1,):
            bow = ((0, 436), (0.2, 396), (0.55, 386), (1, 420))
            upper = smooth([(360 + side * reach * along, y - lift) for along, y in bow])
            lower = [(x, y + 44 - 4 * step) for x, y in reversed(upper)]
            sheet.lay(top, bottom, poly([*upper, *lower]), shade=0.3)
    return sheet


PICTURES = (mieux, people, frameworks, diaspora, integration, environment, training)
