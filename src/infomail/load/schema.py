"""JSON Schema of issues, translations and newsletter.yaml, for editors (draft 2020-12)."""

from __future__ import annotations

from typing import Any

from infomail.load.overlay import (
    CORRECTIONS,
    IMAGE_WORDS,
    ISSUE_WORDS,
    ITEM_WORDS,
    LETTER_WORDS,
    SECTION_WORDS,
    SILENCE,
)
from infomail.model.issue import SECTION_NAMES, Issue
from infomail.model.newsletter import Newsletter

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TRANSLATED = {
    "Issue": (*ISSUE_WORDS, "language", SILENCE, CORRECTIONS, "letter", *SECTION_NAMES),
    "Image": IMAGE_WORDS,
    "Letter": LETTER_WORDS,
    "Call": tuple(word for word in ITEM_WORDS if word != "kind"),
}
_IN_SECTIONS = (*SECTION_WORDS, "items", "more")
_IN_ITEMS = ("id", "image", "links", SILENCE)
_NO_WORDS = {"deadline", "kind", "src", "start"}
_LABEL = {"type": "string", "description": "The link's words; it leads where the source's does."}


def issue_schema() -> dict[str, Any]:
    """Give the schema of an issue file, as plain JSON data."""
    return {"$schema": DIALECT, "$id": "urn:infomail:issue", **Issue.model_json_schema()}


def translation_schema() -> dict[str, Any]:
    """Give the schema of a translation: an issue's words, none of which must be there."""
    whole = Issue.model_json_schema()
    parts = {name: _translated(name, part) for name, part in whole["$defs"].items()}
    return {
        "$schema": DIALECT,
        "$id": "urn:infomail:translation",
        **_translated("Issue", whole),
        "$defs": parts,
    }


def newsletter_schema() -> dict[str, Any]:
    """Give the schema of newsletter.yaml, as plain JSON data."""
    return {"$schema": DIALECT, "$id": "urn:infomail:newsletter", **Newsletter.model_json_schema()}


def _translated(name: str, part: dict[str, Any]) -> dict[str, Any]:
    if name in {"Link", "Correction"}:
        return part
    is_section = name.endswith("Section")
    words = _TRANSLATED.get(name, _IN_SECTIONS if is_section else ITEM_WORDS)
    kept = words if is_section or name in {"Issue", "Image", "Letter"} else (*words, *_IN_ITEMS)
    properties = {
        key: _with_examples_of_words(value)
        for key, value in part["properties"].items()
        if key in kept
    }
    for key in ("links", "more"):
        if key in properties:
            properties[key] = _labelled(properties[key])
    optional = {key: value for key, value in part.items() if key != "required"}
    return {**optional, "properties": properties}


def _with_examples_of_words(described: dict[str, Any]) -> dict[str, Any]:
    examples = [_words_alone(example) for example in described.get("examples", ())]
    return {**described, "examples": examples}


def _words_alone(example: Any) -> Any:  # noqa: ANN401  # plain JSON data
    """Take out of an example what a translation takes from its source."""
    if isinstance(example, list):
        return [_words_alone(each) for each in example]
    if isinstance(example, dict) and _NO_WORDS & set(example):
        return {key: value for key, value in example.items() if key not in _NO_WORDS}
    return example


def _labelled(described: dict[str, Any]) -> dict[str, Any]:
    """Let a link's words stand where the source has a link."""
    if "items" in described:
        return {**described, "items": {"anyOf": [_LABEL, described["items"]]}}
    return {**described, "anyOf": [_LABEL, *described["anyOf"]]}
