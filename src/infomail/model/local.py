"""Words that readers see: one text for all languages, or one for each: `{en: …, fr: …}`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Final, NamedTuple

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from infomail.model.fields import LanguageOrAll, Line, Prose

LACKING: Final = "lacking"
"""The type of the error that `want_words` raises, with all `Gap`s under "gaps"."""


class Gap(NamedTuple):
    """A text that has no words in some languages.

    Attributes:
        path: to the text.
        problem: what is wrong.
        remedy: what to write.
    """

    path: tuple[str, ...]
    problem: str
    remedy: str


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


def want_words(
    texts: Iterable[tuple[tuple[str, ...], Mapping[str, str]]], languages: Sequence[str]
) -> None:
    """Refuse texts that have no words in a language, all of them at once.

    Args:
        texts: each with the path to it.
        languages: tags.
    """
    gaps = tuple(
        Gap(path, f"it has no words in {', '.join(missing)}", f"add them under {'.'.join(path)}")
        for path, words in texts
        if (missing := [tag for tag in languages if not ({tag, ""} & set(words))])
    )
    if gaps:
        problem = "; ".join(f"{'.'.join(gap.path)}: {gap.problem}" for gap in gaps)
        raise PydanticCustomError(LACKING, "{problem}", {"problem": problem, "gaps": gaps})
