"""The JSON Schemas are valid, accept what infomail accepts, and refuse what it refuses."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from infomail import load
from infomail.load.slips import read_tree
from infomail.load.tree import plain

ISSUE = {"title": "T", "subject": "S", "preheader": "P", "date": "2024-11-20"}
NEWSLETTER = {
    "name": "N",
    "organisation": "O",
    "sender": {"name": "N", "address": "news@example.org"},
    "languages": ["en"],
    "list_id": "news.example.org",
    "public_url": "https://news.example.org/",
    "postal_address": "Street",
    "reason": "R",
}
SCHEMAS = {
    "issue": load.issue_schema(),
    "translation": load.translation_schema(),
    "newsletter": load.newsletter_schema(),
}


def typed(value: Any) -> Any:  # noqa: ANN401  # plain data in, plain data out
    """Give plain data the types that an editor's YAML 1.2 gives it."""
    if isinstance(value, dict):
        return {key: typed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [typed(inner) for inner in value]
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return {"true": True, "false": False}.get(value, value)


def problems(schema: str, value: object) -> list[str]:
    """Give what the schema has against `value`."""
    validator = Draft202012Validator(
        SCHEMAS[schema], format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    return [error.message for error in validator.iter_errors(value)]


def properties(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Go through all properties of a schema and of its definitions."""
    for name, part in {"": schema, **schema["$defs"]}.items():
        for key, described in part.get("properties", {}).items():
            yield f"{name}.{key}", described


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS.keys())
def test_schema_is_valid(schema: dict[str, Any]) -> None:
    """The schema follows the draft that it names."""
    Draft202012Validator.check_schema(schema)

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS.keys())
def test_every_property_has_a_title(schema: dict[str, Any]) -> None:
    """An editor can show for every key what it is."""
    named = dict(properties(schema))

    assert len(named) > 15
    assert [name for name, described in named.items() if not described.get("title")] == []


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS.keys())
def test_every_property_is_described_with_an_example(schema: dict[str, Any]) -> None:
    """An editor can tell for every key what to write."""
    lacking = [
        (name, word)
        for name, described in properties(schema)
        for word in ("description", "examples")
        if not described.get(word)
    ]

    assert lacking == []


def examples_of(schema: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    """Go through all examples with the schema of their properties."""
    for _, described in properties(schema):
        for example in described.get("examples", ()):
            yield described, example


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS.keys())
def test_every_example_is_right(schema: dict[str, Any]) -> None:
    """What an editor offers as an example is accepted."""
    for described, example in examples_of(schema):
        Draft202012Validator(described | {"$defs": schema["$defs"]}).validate(example)


@pytest.mark.parametrize("slug", ["2015-07", "2024-03", "2024-11"])
def test_schema_accepts_the_repositorys_issues(slug: str, repository: Path) -> None:
    """The issues that ship with infomail show no red line in an editor."""
    text = (repository / "issues" / f"{slug}.yaml").read_text(encoding="utf-8")
    node, _ = read_tree(text, slug)

    assert node is not None
    assert problems("issue", typed(plain(node))) == []


def test_schema_accepts_the_repositorys_newsletter(repository: Path) -> None:
    """The newsletter.yaml that ships with infomail shows no red line either."""
    text = (repository / "newsletter.yaml").read_text(encoding="utf-8")
    node, _ = read_tree(text, "newsletter.yaml")

    assert node is not None
    assert problems("newsletter", typed(plain(node))) == []


@pytest.mark.parametrize(
    "change",
    [
        {"news": [{"title": "T"}]},
        {"news": {"items": [{"title": "T", "links": [{"Read": "https://a.example"}]}]}},
        {"news": [{"title": "T", "links": [{"label": "Read", "url": "https://a.example"}]}]},
        {"events": [{"title": "T", "start": "2024-11-20 09:30"}]},
        {"letter": {"text": "Hello"}, "contents": False, "calls": None},
    ],
    ids=["short section", "short link", "long link", "time", "letter"],
)
def test_schema_accepts_short_and_long_forms(change: dict[str, Any]) -> None:
    """What people may write by hand is right in an editor, too."""
    assert problems("issue", ISSUE | change) == []


@pytest.mark.parametrize(
    "change",
    [
        {"titel": "T"},
        {"title": ["T"]},
        {"date": "20.11.2024"},
        {"news": "text"},
        {"news": [{"text": "no title"}]},
        {"news": [{"title": "T", "countries": ["Norway"]}]},
        {"news": [{"title": "T", "image": {"src": "a.jpg"}}]},
        {"news": [{"title": "T", "links": [{"A": "https://a.example", "B": "https://b.example"}]}]},
        {"calls": [{"title": "T", "kind": "party"}]},
        {"events": [{"title": "T", "start": "noon"}]},
        {"news": {"layout": "third"}},
    ],
    ids=["typo", "list", "date", "section", "item", "country", "picture", "links", "kind", "start",
         "layout"],
)  # fmt: skip
def test_schema_refuses_a_broken_issue(change: dict[str, Any]) -> None:
    """What infomail refuses for its shape, an editor marks while it is typed."""
    assert problems("issue", ISSUE | change)


@pytest.mark.parametrize("key", sorted(NEWSLETTER))
def test_schema_wants_what_a_newsletter_needs(key: str) -> None:
    """Each key that a newsletter must have is demanded."""
    broken = copy.deepcopy(NEWSLETTER)
    del broken[key]

    assert problems("newsletter", NEWSLETTER) == []
    assert problems("newsletter", broken) == [f"{key!r} is a required property"]


@pytest.mark.parametrize(
    "change",
    [{"languages": []}, {"brand": {"colour": "red"}}, {"transport": "pigeon"}, {"nmae": "x"},
     {"brand": {"logo": {"src": "a.png", "alt": "A", "width_px": 4000}}},
     {"brand": {"body_font": "'Georgia"}}],
    ids=["languages", "colour", "transport", "typo", "width", "fonts"],
)  # fmt: skip
def test_schema_refuses_a_broken_newsletter(change: dict[str, Any]) -> None:
    """Values out of range are marked."""
    assert problems("newsletter", NEWSLETTER | change)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_translation_fits_its_schema(repository: Path, language: str) -> None:
    """The repository's translations have nothing that an editor would underline."""
    text = (repository / "issues" / f"2024-11.{language}.yaml").read_text(encoding="utf-8")
    tree, findings = read_tree(text, "x.yaml")
    assert not findings
    assert tree is not None
    assert problems("translation", plain(tree)) == []


@pytest.mark.parametrize(
    "translation",
    [
        {"date": "2024-11-20"},
        {"news": [{"id": "one", "countries": ["NG"]}]},
        {"calls": [{"id": "one", "kind": "tender"}]},
        {"news": {"layout": "half"}},
        {"news": [{"id": "one", "image": {"src": "x.png"}}]},
    ],
)
def test_a_translation_holds_only_words(translation: dict[str, Any]) -> None:
    """What a translation takes from its source is refused in it."""
    assert problems("translation", translation) != []


def test_a_link_may_be_translated_by_its_words() -> None:
    """A translated link is its words, or a whole link that leads somewhere else."""
    links = ["Lire", {"Voir": "https://example.org/fr"}]
    news = {"items": [{"id": "one", "links": links}], "more": "Toutes"}
    assert problems("translation", {"news": news}) == []


def test_a_translation_may_silence_checks() -> None:
    """At its top and on an item, a translation gives reasons of its own."""
    silence = {"typography-spaces": "Un nom"}
    assert problems("translation", {"silence": silence, "news": [{"id": "one"}]}) == []
    assert problems("translation", {"news": [{"id": "one", "silence": silence}]}) == []
    assert problems("translation", {"silence": list(silence)}) != []
