"""Imports on paper: what one would do, what it did, and what taking it back did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from infomail.report.sending import counted, moment_as_text, visible

if TYPE_CHECKING:
    from infomail.subscribers import Fate, ImportRecord, Preview, Undone

_SHOWN = 20
_FATES = {
    "NEW": "new",
    "CHANGED": "changed",
    "UNCHANGED": "unchanged",
    "PENDING": "still to confirm, left alone",
    "OUT": "left or suppressed, not brought back",
}


def preview_as_text(preview: Preview, file: str) -> str:
    """Write how a file was read, whom it brings, and what to look at."""
    return "\n".join(visible(line) for line in _told(preview, file))


def _told(preview: Preview, file: str) -> Iterator[str]:
    sifted = preview.sifted
    columns = ", ".join(f"{what} = {title}" for what, title in sifted.columns.titles.items())
    yield f"{file}, {sifted.kind}: {columns}"
    yield from _not_read(sifted.columns.unread)
    told = sorted([*_refused(preview), *_noted(preview), *_repeated(preview)])
    yield from (f"{file}:{line}: {words}" for line, words in told)
    yield from _and_more(sifted.invalid_count, " that cannot be taken")
    yield from _and_more(sum(sifted.odd_counts.values()), " to look at")
    yield from _and_more(len(preview.duplicates), " in the file twice")
    if preview.without_language_count:
        who = counted(preview.without_language_count, "new person", "new people")
        get = "gets" if preview.without_language_count == 1 else "get"
        yield f"{who} without a language {get} {preview.language}"
    yield f"in this file: {summary(preview)}"


def _not_read(titles: tuple[str, ...]) -> Iterator[str]:
    if titles:
        noun, pronoun = ("column", "it is") if len(titles) == 1 else ("columns", "one is")
        hint = f"--column WHAT={titles[0][:40]}, such as lists={titles[0][:40]}"
        yield f"not read: {noun} {_some(titles)} — say what {pronoun}: {hint}"


def _refused(preview: Preview) -> Iterator[tuple[int, str]]:
    return ((row.line, row.reason) for row in preview.sifted.invalid[:_SHOWN])


def _noted(preview: Preview) -> Iterator[tuple[int, str]]:
    for note in preview.sifted.notes[:_SHOWN]:
        odd = f"is {note.meant} meant?" if note.meant else "is an office's rather than a person's"
        yield note.line, f"note: {note.address}: {odd}"


def _repeated(preview: Preview) -> Iterator[tuple[int, str]]:
    for first, last in preview.duplicates[:_SHOWN]:
        yield last, f"note: who is on line {first} already; the later line counts"


def summary(preview: Preview) -> str:
    """Count in one line what becomes of whom."""
    counts = [(preview.counts.get(fate, 0), words) for fate, words in _named(preview)]
    counts += [
        (preview.duplicate_count, "named again"),
        (preview.sifted.invalid_count, "not taken"),
    ]
    return ", ".join(f"{number:,} {words}" for number, words in counts if number) or "nobody"


def _named(preview: Preview) -> list[tuple[Fate, str]]:
    return [(fate, _FATES[fate.value]) for fate in sorted(preview.counts, key=_order)]


def _order(fate: Fate) -> int:
    return list(_FATES).index(fate.value)


def _and_more(count: int, what: str = "") -> Iterator[str]:
    if count > _SHOWN:
        yield f"and {count - _SHOWN:,} more{what} — see --json"


def _some(titles: tuple[str, ...]) -> str:
    more = ["…"] if len(titles) > _SHOWN else []
    return ", ".join([*(title[:40] for title in titles[:_SHOWN]), *more])


def preview_as_json(preview: Preview, file: str, *, imported: bool) -> str:
    """Write all of it for programs; of invalid rows and notes the first thousand."""
    sifted = preview.sifted
    counts = {fate.value: number for fate, number in preview.counts.items()}
    told = {
        "file": file,
        "kind": sifted.kind,
        "columns": {what.value: title for what, title in sifted.columns.titles.items()},
        "unread_columns": sifted.columns.unread,
        "imported": imported,
        **{name.lower(): counts.get(name, 0) for name in ("NEW", "CHANGED", "UNCHANGED")},
        "pending": counts.get("PENDING", 0),
        "left": counts.get("OUT", 0),
        "duplicates": preview.duplicate_count,
        "duplicate_lines": preview.duplicates,
        "language": preview.language,
        "without_language": preview.without_language_count,
        "invalid_count": sifted.invalid_count,
        "invalid": [row._asdict() for row in sifted.invalid],
        "note_count": sum(sifted.odd_counts.values()),
        "notes": [{**note._asdict(), "odd": note.odd.value} for note in sifted.notes],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def import_as_text(record: ImportRecord) -> str:
    """Say which import it was."""
    counts = f"{record.new:,} new, {record.changed:,} changed"
    return f"{visible(record.file)}, imported {moment_as_text(record.at)}: {counts}"


def undone_as_text(undone: Undone) -> str:
    """Say what taking an import back did, and name who was left as they are."""
    counts = (
        f"{undone.removed_count:,} removed, {undone.restored_count:,} as before,"
        f" {undone.kept_count:,} left as they are"
    )
    return "\n".join([*_stayed(undone), counts])


def _stayed(undone: Undone) -> Iterator[str]:
    """Name who was left as they are, below the reason that all of them have."""
    if undone.kept:
        who = counted(undone.kept_count, "person stays", "people stay")
        yield f"{who}: they had a mail, or did something since, or were changed since"
    yield from (visible(f"  {address}") for address in undone.kept[:_SHOWN])
    yield from _and_more(undone.kept_count)


def undone_as_json(record: ImportRecord, undone: Undone) -> str:
    """Write the same for programs; of who was left alone the first thousand."""
    told = {
        "file": record.file,
        "removed": undone.removed_count,
        "restored": undone.restored_count,
        "kept_count": undone.kept_count,
        "kept": undone.kept,
    }
    return json.dumps(told, indent=2, ensure_ascii=False)
