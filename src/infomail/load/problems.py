"""What pydantic found wrong, in the staff's words, each at its line.

pydantic reports every problem of a file at once, each with the path to the value. The tree knows
where that path stands; this module finds the words.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError

from infomail.load.tree import Node, key_place_of, place_of
from infomail.model.fields import REFUSED
from infomail.model.finding import Finding, Place, Severity
from infomail.model.issue import Image
from infomail.model.local import LACKING

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from infomail.model.manuscript import Path

_MISSING_WORDS = {
    (Image.__name__, "alt"): ("picture has no alt text", "write what it shows"),
    (Image.__name__, "src"): ("picture has no file", "write `src: assets/…`"),
}


_TEXT = ("it is empty", "write something here, or delete the line")
_LONG = ("it is too long", "keep it under {max_length} characters")
_LIST = ("it is not a list", "begin each entry on its own line with a dash and a space")
_MAPPING = ("it is not a set of `key: value` lines", "write `key: value`, one on each line")
_SWITCH = ("{shown} is neither true nor false", "write true or false")
_NUMBER = ("{shown} is not a whole number", "write digits only")
_WORDS = {
    "string_too_short": _TEXT,
    "too_short": _TEXT,
    "string_too_long": _LONG,
    "too_long": _LONG,
    "string_pattern_mismatch": (
        "{shown} cannot be used here",
        "use small letters, digits and hyphens only",
    ),
    "literal_error": ("{shown} is not one of the choices", "write {expected}"),
    "tuple_type": _LIST,
    "list_type": _LIST,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "dict_type": _MAPPING,
    "mapping_type": _MAPPING,
    "bool_parsing": _SWITCH,
    "bool_type": _SWITCH,
    "int_parsing": _NUMBER,
    "int_type": _NUMBER,
    "greater_than_equal": ("{shown} is too small", "write at least {ge}"),
    "less_than_equal": ("{shown} is too large", "write at most {le}"),
}


def findings_of(error: ValidationError, tree: Node, model: type[BaseModel]) -> tuple[Finding, ...]:
    """Turn a ValidationError into findings, each at its line.

    Args:
        error: what pydantic raised.
        tree: the tree that was validated, for the places.
        model: what the whole file should be, for the words.
    """
    details = error.errors(include_url=False)
    return tuple(_finding(each, tree, model) for detail in details for each in _parts(detail))


def _parts(detail: ErrorDetails) -> Iterator[ErrorDetails]:
    """Give an error for each text that lacks words; any other as it is."""
    if detail["type"] != LACKING:
        yield detail
        return
    for path, problem, remedy in detail["ctx"]["gaps"]:
        context = {"problem": problem, "remedy": remedy}
        yield {**detail, "type": REFUSED, "loc": (*detail["loc"], *path), "ctx": context}


def _finding(detail: ErrorDetails, tree: Node, model: type[BaseModel]) -> Finding:
    context: dict[str, Any] = detail.get("ctx", {})
    path: Path = (*detail["loc"], *filter(None, [context.get("field")]))
    owner = _owner(model, path)
    match detail["type"]:
        case "missing":
            return _missing(owner, str(path[-1]), place_of(tree, path[:-1]))
        case "extra_forbidden":
            return _unknown(owner, str(path[-1]), key_place_of(tree, path))
        case "refused":
            words = (str(context["problem"]), str(context["remedy"]))
        case kind:
            words = _words(kind, detail, context)
    name = _name(path)
    message = f"{name}: {words[0]}" if name else words[0]
    is_key = path[-1:] == ("[key]",)
    place = key_place_of(tree, path[:-1]) if is_key else place_of(tree, path)
    return Finding("invalid-value", Severity.ERROR, message, words[1], place)


def _words(kind: str, detail: ErrorDetails, context: dict[str, Any]) -> tuple[str, str]:
    """Find the words for one of pydantic's kinds of error; its own words where there are none."""
    message, remedy = _WORDS.get(kind, (detail["msg"], "compare it with `infomail schema`"))
    shown = repr(detail["input"])[:60]
    if detail["input"] is None:
        message = _TEXT[0]
    limits = {key: str(value).replace("'", "") for key, value in context.items()}
    return message.replace("{shown}", shown), remedy.format_map(limits)


def _missing(owner: type[BaseModel] | None, field: str, place: Place) -> Finding:
    noun = _noun(owner)
    default = (f"{noun} has no {_title(owner, field)}", f"add `{field}:`")
    message, remedy = _MISSING_WORDS.get((owner.__name__ if owner else "", field), default)
    return Finding("missing-value", Severity.ERROR, message, remedy, place)


def _unknown(owner: type[BaseModel] | None, key: str, place: Place) -> Finding:
    known = sorted(owner.model_fields) if owner else []
    close = difflib.get_close_matches(key, known, n=1)
    remedy = f"did you mean `{close[0]}`?" if close else f"it may have: {', '.join(known)}"
    message = f"unknown key `{key}` in {_article(_noun(owner))}"
    return Finding("unknown-key", Severity.ERROR, message, remedy, place)


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _noun(owner: type[BaseModel] | None) -> str:
    if owner is None:
        return "entry"
    name = re.sub("(?<=[a-z])(?=[A-Z])", " ", owner.__name__.removesuffix("Section"))
    return "picture" if owner is Image else name.lower()


def _title(owner: type[BaseModel] | None, field: str) -> str:
    info = owner.model_fields.get(field) if owner else None
    return info.title or field if info else field


def _name(path: Path) -> str:
    names = [step for step in path if isinstance(step, str) and step.isidentifier()]
    return names[-1] if names else ""


def _owner(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """Find the model to which the last step of `path` belongs."""
    owner: type[BaseModel] | None = model
    for step in path[:-1]:
        if owner is not None and isinstance(step, str) and step in owner.model_fields:
            owner = next(_models(owner.model_fields[step].annotation), None)
    return owner


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401  # any type expression
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
