"""Writes the reference pages that are made from the code: issue, newsletter, checks, commands.

Run `python docs/generate.py`; a test fails when a page is not what this would write.
"""

from __future__ import annotations

import json
import sys
import types
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from infomail.checks import RULES, Rule
from infomail.cli import infomail
from infomail.model import issue, newsletter

REFERENCE = Path(__file__).parent / "reference"
NOTE = "<!-- Made by docs/generate.py from the code; do not edit. -->"


def pages() -> dict[str, str]:
    """Give the text of each generated page by its file name."""
    return {
        "issue.md": _models_page(
            "The issue",
            "An issue is `issues/<name>.yaml`. Each of the five sections is a list of items, or a "
            "mapping with `heading`, `intro`, `items` and `more`. Texts are Markdown: "
            "paragraphs, *emphasis*, **strong**, links, lists and quotations.",
            issue.Issue,
        ),
        "newsletter.md": _models_page(
            "The newsletter",
            "`newsletter.yaml` describes the publication. Where a text may differ by language, "
            "write one text, or one for each: `name: {en: Monthly Update, fr: Lettre mensuelle}`.",
            newsletter.Newsletter,
        ),
        "checks.md": _checks_page(),
        "command-line.md": _command_page(),
    }


def _models_page(title: str, intro: str, root: type[BaseModel]) -> str:
    sections = [_model_section(model) for model in dict.fromkeys(_reachable(root))]
    return "\n\n".join([f"# {title}", NOTE, intro, *sections]) + "\n"


def _reachable(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for field in model.model_fields.values():
        for inner in _models_in(field.annotation):
            yield from _reachable(inner)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def _model_section(model: type[BaseModel]) -> str:
    heading = f"## {model.__name__}"
    rows = [_row(name, field) for name, field in model.model_fields.items()]
    head = ["| key | holds | needed | example |", "| --- | --- | --- | --- |"]
    summary = (model.__doc__ or "").strip().split("\n")[0]
    return "\n".join([heading, "", summary, "", *head, *rows])


def _row(name: str, field: FieldInfo) -> str:
    words = ". ".join(part.rstrip(".") for part in (field.title, field.description) if part)
    kind = _kind(field.annotation)
    needed = "yes" if field.is_required() else ""
    example = _example(field)
    cell = f"{words}{f' ({kind})' if kind else ''}".replace("|", "\\|")
    return f"| `{name}` | {cell} | {needed} | {example} |"


def _kind(annotation: Any) -> str:  # noqa: ANN401
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(annotation))
    if isinstance(annotation, types.UnionType):
        inner = [part for part in get_args(annotation) if part is not types.NoneType]
        return _kind(inner[0]) if len(inner) == 1 else ""
    models = list(_models_in(annotation))
    if models:
        plural = "list of " if get_origin(annotation) is tuple else ""
        return f"{plural}[{models[0].__name__}](#{models[0].__name__.lower()})"
    return ""


def _example(field: FieldInfo) -> str:
    if not field.examples:
        return ""
    shown = field.examples[0]
    text = shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False)
    return f"`{text}`".replace("|", "\\|")


def _checks_page() -> str:
    counts = Counter(rule.severity.value for rule in RULES)
    intro = (
        f"`infomail check` applies {len(RULES)} rules to every edition: "
        f"{counts['error']} look for errors, which stop a send, {counts['warning']} for what staff "
        f"should look at, {counts['info']} for what is good to know. "
        "`infomail check --explain CODE` prints one of them. How to read findings and how to "
        "silence a rule: [Check an issue](../how-to/check-an-issue.md). What the rules cannot "
        "see: [How checking works](../explanation/checks.md)."
    )
    refused = (
        "What cannot be read at all, such as an event that ends before it starts or a link to "
        "nowhere, is refused before any rule is asked."
    )
    families: dict[str, list[Rule]] = {}
    for rule in RULES:
        contract = (sys.modules[rule.judge.__module__].__doc__ or "").split("\n\n")[0]
        families.setdefault(contract.replace("\n", " "), []).append(rule)
    parts = ["# Checks", NOTE, intro, refused, "\n".join(_index(families))]
    for contract, rules in families.items():
        parts += [f"## {contract}", *map(_rule_section, rules)]
    return "\n\n".join(parts) + "\n"


def _index(families: dict[str, list[Rule]]) -> Iterator[str]:
    yield "| question | rules |\n| --- | --- |"
    for contract, rules in families.items():
        listed = ", ".join(f"[{rule.code}](#{rule.code})" for rule in rules)
        yield f"| {contract} | {listed} |"


_MOST_SOURCES = 4


def _rule_section(rule: Rule) -> str:
    links = ", ".join(f"[{source.name}]({source.url})" for source in rule.sources[:_MOST_SOURCES])
    if len(rule.sources) > _MOST_SOURCES:
        links += f" and {len(rule.sources) - _MOST_SOURCES} more pages"
    firm = " It cannot be silenced." if rule.firm else ""
    words = "\n\n".join(part for part in (f"**{rule.demand}**{firm}", rule.reason) if part)
    return f"### {rule.code}\n\n{rule.severity.value} · {links}\n\n{words}"


def _command_page() -> str:
    context = infomail.make_context("infomail", [], resilient_parsing=True)
    intro = (
        "Run infomail inside a newsletter folder or below it, or name one with `--newsletter`. "
        "Exit codes: 0 fine, 1 findings or failed work, 2 wrong use, 130 interrupted."
    )
    parts = ["# The command line", NOTE, intro, _help(infomail, context)]
    for name, command in sorted(infomail.commands.items()):
        child = command.make_context(name, [], parent=context, resilient_parsing=True)
        parts += [f"## infomail {name}", _help(command, child)]
    return "\n\n".join(parts) + "\n"


def _help(command: click.Command, context: click.Context) -> str:
    context.terminal_width = 90
    context.max_content_width = 90
    return f"```text\n{command.get_help(context)}\n```"


def main() -> None:
    """Write the pages."""
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
