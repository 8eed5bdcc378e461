"""The commonest slips of the pen in YAML, in plain words, with the line mended to read on.

A YAML parser stops at the first error. Where the slip is a known one, the line is mended in memory
and parsing starts again, so that one run names all of them, and what follows is checked as well.
The file itself is never changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import yaml

from infomail.load.tree import Node, grow
from infomail.model.finding import Finding, Place, Severity

MAX_SLIPS = 50
_KEY_AND_VALUE = re.compile(r"(?P<head>\s*(?:- +)*(?:[\w-]+:)?\s*)(?P<value>\S.*?)\s*")
_SMART_QUOTES = "“”„«»‘’‚"


@dataclass(frozen=True, slots=True)
class _Slip:
    """What went wrong and, if it can be mended in memory, the line as it should be."""

    line: int
    column: int
    code: str
    message: str
    remedy: str
    mended: str | None = None


def read_tree(text: str, file: str) -> tuple[Node | None, tuple[Finding, ...]]:
    """Parse `text`, naming every slip; the tree is None only if nothing could be read.

    Args:
        text: the whole file.
        file: its name as shown to people.
    """
    findings: list[Finding] = []
    lines = text.splitlines(keepends=False)
    while len(findings) < MAX_SLIPS:
        try:
            node, more = grow("\n".join(lines) + "\n", file)
        except yaml.YAMLError:
            slip = _diagnose("\n".join(lines) + "\n")
            place = Place(file, slip.line, slip.column)
            findings.append(Finding(slip.code, Severity.ERROR, slip.message, slip.remedy, place))
            if slip.mended is None or lines[slip.line - 1] == slip.mended:
                return None, tuple(findings)
            lines[slip.line - 1] = slip.mended
        else:
            return node, (*findings, *more)
    return None, tuple(findings)


def _diagnose(text: str) -> _Slip:
    """Parse again in pure Python, whose messages and marks are the better ones."""
    lines = [*text.split("\n"), ""]
    try:
        for _ in yaml.parse(text, Loader=yaml.SafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        return _explain(error, lines)
    except yaml.reader.ReaderError as error:
        return _explain_character(error, text)
    except RecursionError:
        return _Slip(1, 1, "too-deep", "the file is nested too deeply", "flatten it")
    return _Slip(1, 1, "yaml-syntax", "this is not YAML", "compare it with a sample issue")


def _explain_character(error: yaml.reader.ReaderError, text: str) -> _Slip:
    before = text[: error.position]
    line = before.count("\n") + 1
    column = error.position - before.rfind("\n")
    code = error.character if isinstance(error.character, int) else ord(error.character[:1] or "\0")
    bad = text.split("\n")[line - 1]
    return _Slip(
        line,
        column,
        "control-character",
        f"the character U+{code:04X} cannot stand in a YAML file",
        "delete that character",
        bad[: column - 1] + bad[column:],
    )


def _explain(error: yaml.MarkedYAMLError, lines: list[str]) -> _Slip:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = error.problem or ""
    context = error.context or ""
    content = lines[min(line, len(lines)) - 1]
    slip = _Slip(line, column, "yaml-syntax", f"YAML cannot be read here: {problem}", _INDENT)
    if "quoted scalar" in context and error.context_mark:
        return _explain_quotes(slip, problem, error.context_mark, lines)
    if "'\\t'" in problem or content.lstrip(" ").startswith("\t"):
        return _explain_tab(slip, content)
    if found := re.search(r"found character '(.)' that cannot start any token", problem):
        return replace(
            slip,
            code="reserved-character",
            message=f"a text cannot begin with {found[1]}",
            remedy="put the text in quotes",
            mended=_quoted(content),
        )
    if "mapping values are not allowed" in problem:
        return _explain_colon(slip, content)
    if "expected ':'" in problem:
        return _explain_missing_colon(slip, error, lines)
    if "alias" in context or "anchor" in context:
        return replace(
            slip,
            code="reserved-character",
            message="a text cannot begin with * or &",
            remedy="put the text in quotes",
            mended=_quoted(content),
        )
    return _explain_structure(slip, problem, context)


_INDENT = "check the indentation, colons and quotes of this line and the one above"


def _explain_tab(slip: _Slip, content: str) -> _Slip:
    return replace(
        slip,
        column=content.find("\t") + 1,
        code="tab",
        message="a tab stands where YAML wants spaces",
        remedy="use spaces",
        mended=content.replace("\t", "  "),
    )


def _explain_colon(slip: _Slip, content: str) -> _Slip:
    found = _KEY_AND_VALUE.fullmatch(content)
    smart = found and any(mark in found["value"] for mark in _SMART_QUOTES)
    remedy = (
        'typographic quotes do not protect it: put straight quotes (") around the whole text'
        if smart
        else "put the whole text in quotes"
    )
    if found and ": " not in found["value"] and not found["value"].endswith(":"):
        return replace(
            slip, message="this line is indented deeper than its neighbours", remedy=_INDENT
        )
    return replace(
        slip,
        code="unquoted-colon",
        message="a colon inside an unquoted text",
        remedy=remedy,
        mended=_quoted(content),
    )


def _explain_missing_colon(slip: _Slip, error: yaml.MarkedYAMLError, lines: list[str]) -> _Slip:
    mark = error.context_mark or error.problem_mark
    if mark is None:
        return slip
    content = lines[mark.line]
    at_key = replace(slip, line=mark.line + 1, column=mark.column + 1, code="missing-colon")
    if found := re.match(r"(\s*(?:- +)*)([\w-]+):(\S.*)", content):
        return replace(
            at_key,
            message=f"no space after the colon of `{found[2]}`",
            remedy=f"write `{found[2]}: {found[3][:30]}`",
            mended=f"{found[1]}{found[2]}: {found[3]}",
        )
    return replace(
        at_key,
        message="this line has no key",
        remedy="write `key: text`, or indent it to belong to the line above",
        mended="",
    )


def _explain_quotes(slip: _Slip, problem: str, opening: yaml.Mark, lines: list[str]) -> _Slip:
    if "escape" in problem:
        return replace(
            slip,
            code="backslash",
            message="a backslash in double quotes means something else",
            remedy="use single quotes around the text",
            mended=lines[slip.line - 1].replace("\\", "/"),
        )
    content = lines[opening.line]
    return replace(
        slip,
        line=opening.line + 1,
        column=opening.column + 1,
        code="open-quote",
        message="the quotation mark that opens here is never closed",
        remedy="close it with the same mark at the end of the text",
        mended=content[: opening.column] + "'?'",
    )


def _explain_structure(slip: _Slip, problem: str, context: str) -> _Slip:
    if "flow" in context:
        return replace(
            slip, message="a bracket or brace is not closed", remedy="close it with ] or }"
        )
    if "block collection" in context:
        return replace(
            slip,
            code="list-mixed",
            message="a line in this list does not begin with a dash",
            remedy="begin it with `- `, or indent it to belong to the item above",
        )
    if "block mapping" in context:
        return replace(
            slip,
            code="indentation",
            message="this line does not fit the indentation above it, or a quote ended too early",
            remedy="line it up with its neighbours, or put the whole text in single quotes",
        )
    return replace(slip, message=f"YAML cannot be read here ({problem})")


def _quoted(content: str) -> str | None:
    found = _KEY_AND_VALUE.fullmatch(content)
    if not found:
        return None
    value = found["value"].replace("'", "''")
    return f"{found['head']}'{value}'"
