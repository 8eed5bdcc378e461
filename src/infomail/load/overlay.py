"""A translation laid over its source: only words, matched by the items' ids.

The result is one tree in which every value keeps the place of the file it came from, so that
whatever is wrong later is named where it can be mended. Order, dates, addresses and pictures are
the source's. What a translation lacks is kept from the source and named as a gap. The checks that
it silences are silenced besides those of the source.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, replace
from types import UnionType

from infomail.load.tree import Mapping, Node, Scalar, Sequence, place_of
from infomail.model.finding import Finding, Place, Severity
from infomail.model.issue import SECTION_NAMES
from infomail.model.language import language_tag
from infomail.model.manuscript import Gap
from infomail.model.slug import item_slug

ISSUE_WORDS = ("title", "subject", "preheader")
LETTER_WORDS = ("greeting", "text", "signature")
SECTION_WORDS = ("heading", "intro", "theme")
ITEM_WORDS = ("kicker", "title", "text", "topics", "kind", "place", "location")
IMAGE_WORDS = ("alt", "caption", "credit")
CORRECTIONS = "corrections"
"""Each language has its own: what was wrong in one may have been right in another."""
SILENCE = "silence"
"""What a translation adds to its source: codes of checks that do not matter, with the reasons."""
_CALL_KIND = "calls"


@dataclass(slots=True)
class Overlaid:
    """A translation's whole tree, what it lacks, and what is wrong with it."""

    tree: Mapping
    gaps: list[Gap] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def item_ids(section: str, node: Node) -> list[str]:
    """Name the items of a section: the `id` each has, else the slug of its title."""
    return [_text(item, "id") or item_slug(_text(item, "title"), section) for item in _items(node)]


def duplicate_ids(section: str, node: Node) -> list[Finding]:
    """Find the items that have the name of one above them, so that none is taken for another."""
    findings, seen = [], set()
    for item, item_id in zip(_items(node), item_ids(section, node), strict=True):
        if item_id in seen:
            key = "id" if _text(item, "id") else "title"
            message = f"another item of {section} is already called `{item_id}`"
            remedy = f"give each its own `id`, such as `id: {item_id}-2`"
            place = place_of(item, (key,))
            findings.append(Finding("duplicate-id", Severity.ERROR, message, remedy, place))
        seen.add(item_id)
    return findings


def lay_over(
    source: Mapping, words: Mapping, language: str, *, mark_fallback: str | None
) -> Overlaid:
    """Lay the words of a translation over the source.

    Args:
        source: the tree of the issue.
        words: the tree of the translation file.
        language: the translation's BCP 47 tag; it replaces the issue's.
        mark_fallback: the source's language, to mark items that fall back to it; None to not.
    """
    result = Overlaid(Mapping(source.place, dict(source.entries), dict(source.keys)))
    _set(result.tree, "language", Scalar(words.place, language), words.place)
    _overlay_words(result, result.tree, words, ISSUE_WORDS)
    present = tuple(name for name in ("letter", *SECTION_NAMES) if _filled(source, name))
    own_language = ("language",) if language_tag(_text(words, "language")) == language else ()
    _add_silence(result.tree, words)
    _put_corrections(result.tree, words)
    _refuse_others(result, words, (*ISSUE_WORDS, SILENCE, CORRECTIONS, *own_language, *present))
    for name in present:
        if _misshapen(words, name, Mapping if name == "letter" else Mapping | Sequence):
            _set(result.tree, name, words.entries[name], words.keys[name])
        elif name == "letter":
            _overlay_letter(result, words)
        else:
            _overlay_section(result, name, words, mark_fallback)
    return result


def _put_corrections(target: Mapping, words: Mapping) -> None:
    target.entries.pop(CORRECTIONS, None)
    target.keys.pop(CORRECTIONS, None)
    if _filled(words, CORRECTIONS):
        _set(target, CORRECTIONS, words.entries[CORRECTIONS], words.keys[CORRECTIONS])


def _overlay_letter(result: Overlaid, words: Mapping) -> None:
    letter = _child(result.tree, "letter")
    if letter is None:
        return
    target = _copy(letter)
    _set(result.tree, "letter", target, result.tree.keys["letter"])
    letter_words = _child(words, "letter")
    _overlay_words(result, target, letter_words, LETTER_WORDS, "letter: ")
    _refuse_others(result, letter_words, LETTER_WORDS)


def _overlay_section(
    result: Overlaid, name: str, words: Mapping, mark_fallback: str | None
) -> None:
    original = result.tree.entries[name]
    translated = words.entries.get(name)
    section = _long(original)
    _set(result.tree, name, section, result.tree.keys[name])
    section_words = translated if isinstance(translated, Mapping) else None
    _overlay_words(result, section, section_words, SECTION_WORDS, f"{name}: ")
    more = ("more",) if _filled(section, "more") else ()
    _refuse_others(result, section_words, (*SECTION_WORDS, *more, "items"))
    _overlay_more(result, section, section_words, name)
    ids = item_ids(name, original)
    by_id = _translations(result, name, translated, ids)
    items = [
        _overlay_item(result, item, by_id.get(item_id), (name, item_id), mark_fallback)
        for item, item_id in zip(_items(original), ids, strict=True)
    ]
    _set(section, "items", Sequence(section.place, items), section.place)


def _translations(
    result: Overlaid, name: str, translated: Node | None, ids: list[str]
) -> dict[str, Mapping]:
    by_id: dict[str, Mapping] = {}
    for item in _items(translated):
        if not isinstance(item, Mapping):
            message, remedy = "it is not a set of `key: value` lines", "begin it with `- id:`"
            finding = Finding("not-a-mapping", Severity.ERROR, message, remedy, item.place)
            result.findings.append(finding)
            continue
        item_id = _text(item, "id")
        if item_id in ids and item_id not in by_id:
            by_id[item_id] = item
            continue
        if item_id in by_id:
            message, place = f"`{item_id}` stands here twice", item.entries["id"].place
            finding = Finding(
                "duplicate-item", Severity.ERROR, message, "keep one of the two", place
            )
            result.findings.append(finding)
            continue
        close = difflib.get_close_matches(item_id, ids, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"write one of: {', '.join(ids)}"
        message = f"`{item_id}` is no item of {name}" if item_id else "an item has no id"
        place = item.entries["id"].place if item_id else item.place
        result.findings.append(Finding("unknown-item", Severity.ERROR, message, hint, place))
    return by_id


def _overlay_item(
    result: Overlaid,
    item: Node,
    words: Mapping | None,
    name: tuple[str, str],
    mark_fallback: str | None,
) -> Node:
    section, item_id = name
    if not isinstance(item, Mapping):
        return item
    target = _copy(item)
    _set(target, "id", Scalar(item.place, item_id), item.place)
    fields = tuple(word for word in ITEM_WORDS if (section, word) != (_CALL_KIND, "kind"))
    if words is None:
        present = tuple(word for word in fields if word in item.entries)
        result.gaps.append(Gap(item_id, present, whole=True, place=item.place))
        if mark_fallback and "language" not in item.entries:
            _set(target, "language", Scalar(item.place, mark_fallback), item.place)
        return target
    # Translated words are in the translation's language, whatever the source's item was in.
    target.entries.pop("language", None)
    target.keys.pop("language", None)
    missing = _laid(target, words, fields)
    missing += _overlay_image(target, words, result)
    missing += _overlay_links(target, words, result)
    if missing:
        result.gaps.append(Gap(item_id, tuple(missing), whole=False, place=words.place))
    _add_silence(target, words)
    others = tuple(name for name in ("image", "links") if _filled(item, name))
    _refuse_others(result, words, (*fields, "id", SILENCE, *others))
    return target


def _add_silence(target: Mapping, words: Mapping) -> None:
    """Add the translation's reasons to the source's; for the same code the translation's holds."""
    if not _filled(words, SILENCE):
        return
    added, own = words.entries[SILENCE], _child(target, SILENCE)
    if own and isinstance(added, Mapping):
        added = replace(added, entries=own.entries | added.entries, keys=own.keys | added.keys)
    _set(target, SILENCE, added, words.keys[SILENCE])


def _overlay_image(target: Mapping, words: Mapping, result: Overlaid) -> list[str]:
    image = target.entries.get("image")
    if not isinstance(image, Mapping):
        return []
    if _misshapen(words, "image", Mapping):
        _set(target, "image", words.entries["image"], words.keys["image"])
        return []
    copy = _copy(image)
    _set(target, "image", copy, target.keys["image"])
    translated = _child(words, "image") or Mapping(words.place)
    missing = _laid(copy, translated, IMAGE_WORDS)
    _refuse_others(result, translated, IMAGE_WORDS)
    return [f"picture: {word}" for word in missing if _text(copy, word)]


def _overlay_links(target: Mapping, words: Mapping, result: Overlaid) -> list[str]:
    links = target.entries.get("links")
    translated = words.entries.get("links")
    if not isinstance(links, Sequence):
        return []
    if _misshapen(words, "links", Sequence):
        _set(target, "links", words.entries["links"], words.keys["links"])
        return []
    if not isinstance(translated, Sequence):
        return ["links"]
    if len(links.items) != len(translated.items):
        result.findings.append(
            Finding(
                "links-out-of-step",
                Severity.ERROR,
                f"the source has {len(links.items)} links, the translation {len(translated.items)}",
                "translate each link's words, in the source's order",
                translated.place,
            )
        )
        return []
    pairs = zip(links.items, translated.items, strict=True)
    merged = Sequence(translated.place, [_relabelled(link, label) for link, label in pairs])
    _set(target, "links", merged, words.keys["links"])
    return []


def _overlay_more(result: Overlaid, section: Mapping, words: Mapping | None, name: str) -> None:
    if not _filled(section, "more"):
        return
    if words is None or not _filled(words, "more"):
        place = words.place if words else section.place
        result.gaps.append(Gap("", (f"{name}: more",), whole=False, place=place))
        return
    merged = _relabelled(section.entries["more"], words.entries["more"])
    _set(section, "more", merged, words.keys["more"])


def _relabelled(link: Node, label: Node) -> Node:
    """Give `link` the words of `label`; a label that is a link itself replaces it whole."""
    if not isinstance(label, Scalar) or not isinstance(link, Mapping):
        return label
    url = link.entries.get("url") or next(iter(link.entries.values()), link)
    return Mapping(
        label.place, {"label": label, "url": url}, {"label": label.place, "url": url.place}
    )


def _overlay_words(
    result: Overlaid,
    target: Mapping,
    words: Mapping | None,
    names: tuple[str, ...],
    prefix: str = "",
) -> None:
    translated = words or Mapping(target.place)
    missing = tuple(f"{prefix}{name}" for name in _laid(target, translated, names))
    if missing:
        place = (words or target).place
        result.gaps.append(Gap("", missing, whole=False, place=place))


def _laid(target: Mapping, words: Mapping, names: tuple[str, ...]) -> list[str]:
    """Copy the words that are there; name those that the source has and the translation lacks."""
    missing = []
    for name in names:
        if _filled(words, name):
            _set(target, name, words.entries[name], words.keys[name])
        elif name in target.entries:
            missing.append(name)
    return missing


def _refuse_others(result: Overlaid, words: Mapping | None, allowed: tuple[str, ...]) -> None:
    """Name every key that is no word of the source, so that nothing written is lost in silence."""
    for key, place in words.keys.items() if words else ():
        if key in allowed:
            continue
        close = difflib.get_close_matches(key, allowed, n=1)
        inherited = "delete it: a translation holds words only, the rest comes from the source"
        remedy = f"did you mean `{close[0]}`?" if close else inherited
        message = f"`{key}` is nothing that a translation can change here"
        result.findings.append(Finding("unknown-key", Severity.ERROR, message, remedy, place))


def _items(node: Node | None) -> list[Node]:
    if isinstance(node, Mapping):
        node = node.entries.get("items")
    return node.items if isinstance(node, Sequence) else []


def _long(section: Node) -> Mapping:
    if isinstance(section, Mapping):
        return _copy(section)
    return Mapping(section.place, {"items": section}, {"items": section.place})


def _copy(node: Mapping) -> Mapping:
    return replace(node, entries=dict(node.entries), keys=dict(node.keys))


def _set(target: Mapping, key: str, node: Node, place: Place) -> None:
    target.entries[key] = node
    target.keys[key] = place


def _child(node: Mapping, key: str) -> Mapping | None:
    child = node.entries.get(key)
    return child if isinstance(child, Mapping) else None


def _filled(node: Mapping, key: str) -> bool:
    child = node.entries.get(key)
    return child is not None and not (isinstance(child, Scalar) and not child.text)


def _misshapen(words: Mapping, key: str, shape: type[Node] | UnionType) -> bool:
    """Say whether something else than `shape` stands there; put in place, validation names it."""
    return _filled(words, key) and not isinstance(words.entries[key], shape)


def _text(node: Node | None, key: str) -> str:
    child = node.entries.get(key) if isinstance(node, Mapping) else None
    return (child.text or "").strip() if isinstance(child, Scalar) else ""
