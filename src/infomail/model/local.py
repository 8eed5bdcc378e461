"""Words that readers see: one text for all languages, or one for each: `{en: …, fr: …}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from infomail.model.fields import LanguageOrAll, Line, Prose


def _each_language(value: Any) -> Any:  # noqa: ANN401  # raw YAML in
    return value if isinstance(value, Mapping) else {"": value}


LocalLine = Annotated[
    dict[LanguageOrAll, Line],
    BeforeValidator(_each_language, json_schema_input_type=str | dict[str, str]),
    Field(min_length=1),
]
"""One line for all languages, or one for each: `{en: …, fr: …}`."""
LocalProse = Annotated[
    dict[LanguageOrAll, Prose],
    BeforeValidator(_each_language, json_schema_input_type=str | dict[str, str]),
    Field(min_length=1),
]
"""Prose for all languages, or for each."""


def words_in(words: Mapping[str, str], language: str) -> str:
    """Pick the words of `language`, else those for all languages, else the first there are."""
    return words.get(language) or words.get("") or next(iter(words.values()))
