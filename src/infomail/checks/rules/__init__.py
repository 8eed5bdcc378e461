"""The rules, one family a module; each family ends in its own tuple RULES."""

from __future__ import annotations

from infomail.checks.rule import Rule
from infomail.checks.rules import (
    addresses,
    clients,
    content,
    contrast,
    dark,
    declared,
    essentials,
    images,
    inbox,
    legibility,
    links,
    network,
    outlook,
    rtl,
    size,
    structure,
    text,
    translation,
    typography,
    word,
    wording,
)

_FAMILIES = (
    declared.RULES,
    structure.RULES,
    images.RULES,
    contrast.RULES,
    dark.RULES,
    legibility.RULES,
    outlook.RULES,
    word.RULES,
    size.RULES,
    clients.RULES,
    links.RULES,
    addresses.RULES,
    network.RULES,
    inbox.RULES,
    essentials.RULES,
    text.RULES,
    rtl.RULES,
    content.RULES,
    wording.RULES,
    typography.RULES,
    translation.RULES,
)
RULES: tuple[Rule, ...] = tuple(rule for family in _FAMILIES for rule in family)
