"""The pictures of the issue of November 2024; each function draws the one of its name."""

from __future__ import annotations

import math

from paper import (
    BRICK,
    COVER,
    DEEP,
    DUNE,
    INK,
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


def declaration() -> Sheet:
    """Draw six arcs between two shores, one for each priority."""
    sheet = Sheet(LEAD, PAPER, SAND)
    sheet.lay(MIST, SEA, poly([(0, 400), (1200, 400), (1200, 600), (0, 600)]))
    for step, colour in enumerate((NAVY, BRICK, SEA, OCHRE, NAVY, BRICK)):
        radius = 400 - 44 * step
        sheet.lay(colour, colour, line(arc(600, 400, (radius, radius * 0.84)), 9))
    for depth in (430, 470, 510, 550):
        half = 60 + (depth - 430) * 0.5
        sheet.lay(
            PAPER,
            PAPER,
            line([(600 - half * 0.8, depth), (600 + half * 0.8, depth)], 4),
            opacity=0.5,
        )
    for step, (top, bottom) in enumerate(((DUNE, OCHRE), (SEA, NAVY), (NAVY, DEEP))):
        reach, rise = 500 - 95 * step, 300 + 66 * step
        left = smooth(
            [
                (-60, rise - 10),
                (reach * 0.45, rise + 38),
                (reach * 0.85, rise + 100),
                (reach, rise + 165),
                (reach * 0.97, rise + 240),
                (reach * 0.9, 760),
            ]
        )
        for side in (left, [(1200 - x, y) for x, y in left]):
            edge = 1260 if side is not left else -60
            sheet.lay(top, bottom, poly([*side, (edge, 660)]), shade=0.3)
    return sheet


def vienna() -> Sheet:
    """Draw circles that overlap over an arcade, as debates do in a hall."""
    sheet = Sheet(NEWS, PAPER, SAND)
    for x, y, radius, colour in (
        (270, 205, 150, SEA),
        (450, 205, 150, BRICK),
        (360, 130, 105, OCHRE),
    ):
        sheet.lay(colour, colour, disc(x, y, radius), opacity=0.78)
    sheet.lay(NAVY, DEEP, poly([(0, 300), (720, 300), (720, 540), (0, 540)]), shade=0.35)
    sheet.lay(OCHRE, OCHRE, poly([(0, 318), (720, 318), (720, 323), (0, 323)]))
    for shift, top in ((0, SEA), (12, SAND)):
        openings = [arch(x + shift / 2, 540, 92 - shift, 186 - shift) for x in range(0, 721, 120)]
        sheet.lay(top, MIST if shift else NAVY, *openings)
    return sheet


def lisbon() -> Sheet:
    """Draw three routes from one coast to another."""
    sheet = Sheet(NEWS, MIST, SEA)
    sheet.lay("#d0672f", BRICK, disc(225, 150, 84))
    north = [(180.0, -40.0), (300, 110), (430, 130), (470, 210), (600, 235), (780, 330)]
    for shift, top, bottom in ((0, SEA, NAVY), (46, NAVY, DEEP)):
        coast = smooth([(x + shift * 1.3, y - shift) for x, y in north])
        sheet.lay(top, bottom, poly([*coast, (780, -60), (180, -60)]), shade=0.3)
    for shift, top, bottom in ((0, PAPER, SAND), (52, DUNE, OCHRE)):
        crest = ((-60, 250), (90, 300), (160, 390), (330, 400), (430, 480), (600, 510), (780, 600))
        sheet.hill(top, bottom, [(x - shift * 0.6, y + shift) for x, y in crest])
    for start, middle, end in (
        ((70, 400), (215, 250), (450, 115)),
        ((190, 450), (360, 330), (545, 165)),
        ((330, 490), (520, 400), (655, 225)),
    ):
        sheet.lay(PAPER, PAPER, line(smooth([start, middle, end]), 4))
        sheet.lay(BRICK, BRICK, disc(*start, 11), disc(*end, 11))
        sheet.lay(PAPER, PAPER, disc(*start, 5), disc(*end, 5))
    return sheet


def nigeria() -> Sheet:
    """Draw many voices around one small person."""
    sheet = Sheet(NEWS, NAVY, DEEP)
    for x, y, radius, tail, colour in (
        (235, 215, 160, -1, SEA),
        (480, 200, 175, 1, SAND),
        (285, 350, 130, -1, DUNE),
        (455, 365, 120, 1, MIST),
    ):
        turns = ((0.99, 0.62), (1.28, 0.86), (0.99, 1.1))
        corner = [
            (x + tail * radius * r * math.cos(a), y + radius * r * math.sin(a)) for r, a in turns
        ]
        sheet.lay(colour, colour, disc(x, y, radius), poly(corner), opacity=0.7)
    sheet.lay(PAPER, PAPER, disc(368, 285, 46), shade=0.4)
    sheet.lay(BRICK, RUST, disc(368, 285, 25))
    return sheet


def children() -> Sheet:
    """Draw a house of layers, one window lit, and the way out."""
    sheet = Sheet(NEWS, MIST, PAPER)
    sheet.hill(DUNE, OCHRE, [(-60, 430), (200, 410), (480, 425), (780, 400)])
    left = smooth([(300, 440), (318, 470), (420, 490), (480, 590)])
    right = smooth([(340, 440), (370, 462), (540, 490), (660, 590)])
    sheet.lay(PAPER, SAND, poly([*left, *reversed(right)]))
    for step, (top, bottom) in enumerate(((PAPER, SAND), (SEA, SEA), (NAVY, NAVY), (DEEP, INK))):
        half, roof, foot = 190 - 40 * step, 70 + 52 * step, 445
        walls = [
            (320 - half, foot),
            (320 - half, roof + half * 0.75),
            (320, roof),
            (320 + half, roof + half * 0.75),
        ]
        sheet.lay(top, bottom, poly([*walls, (320 + half, foot)]), shade=0.3)
    sheet.lay("#f2c879", OCHRE, poly([(298, 335), (342, 335), (342, 385), (298, 385)]))
    sheet.lay(INK, INK, line([(320, 335), (320, 385)], 3), line([(298, 360), (342, 360)], 3))
    return sheet


def cabo_verde() -> Sheet:
    """Draw islands within the rings of a lens."""
    sheet = Sheet(NEWS, MIST, SEA)
    for radius, colour in ((330, SEA), (262, MIST), (196, SEA), (130, PAPER)):
        sheet.lay(colour, MIST, disc(360, 270, radius), opacity=0.5 if radius > 130 else 0.9)
    for radius in (330, 262, 196, 130):
        sheet.lay(PAPER, PAPER, line(arc(360, 270, (radius, radius), (0, 360)), 2.5))
    isles = (
        (205, 150, 40),
        (270, 172, 24),
        (318, 190, 20),
        (470, 190, 30),
        (510, 250, 36),
        (505, 335, 26),
        (430, 385, 46),
        (345, 405, 33),
        (275, 385, 20),
    )
    for x, y, size in isles:
        bumps = [size * (0.9 + 0.16 * math.sin(k * 1.9 + x)) for k in range(7)]
        coast = [
            (x + 1.1 * r * math.cos(k * 0.898), y + 0.8 * r * math.sin(k * 0.898))
            for k, r in enumerate(bumps)
        ]
        sheet.lay(NAVY, DEEP, poly(smooth(coast, closed=True)), shade=0.35)
    sheet.lay(BRICK, RUST, disc(430, 385, 9))
    return sheet


def heroes() -> Sheet:
    """Draw the cover of a manual: one small disc sheltered by layers."""
    sheet = Sheet(COVER, NAVY, DEEP)
    for step, (top, bottom) in enumerate(
        ((SEA, NAVY), (MIST, SEA), (SAND, DUNE), (PAPER, SAND), (NAVY, DEEP))
    ):
        sheet.lay(top, bottom, arch(240, 660, 420 - 76 * step, 520 - 84 * step), shade=0.35)
    sheet.lay("#e0793f", BRICK, disc(240, 560, 30))
    sheet.words("HEROES", (36, 72), 40, PAPER)
    sheet.words("Manual", (38, 104), 21, MIST)
    return sheet


PICTURES = (declaration, vienna, lisbon, nigeria, children, cabo_verde, heroes)
