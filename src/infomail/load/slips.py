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
_MAX_REREAD_CHARACTERS = 3_000_000
"""Each slip costs reading the file again; a huge file gets fewer of them named."""
_KEY_AND_VALUE = re.compile(r"(?P<head>\s*(?:- +)*(?:[\w-]+:)?\s*)(?P<value>\S(?:.*\S)?)\s*")
_SHORT_LINK = re.compile(
    r"(?P<head>\s*(?:- +)*(?:more: +)?)"
    r"(?![a-z_]+: )(?P<label>[^'\"\s].*): (?P<url>(?:https?://|mailto:|tel:)\S+)\s*"
)
# Line breaks to YAML 1.1, but neither to YAML 1.2 nor to the editors whose line numbers we name.
_NO_LINE_BREAKS = dict.fromkeys(map(ord, "\x85\u2028\u2029"), " ")
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
    mended: set[tuple[int, str]] = set()
    lines = re.split("\r\n|\r|\n", text.translate(_NO_LINE_BREAKS))
    most = min(MAX_SLIPS, 1 + _MAX_REREAD_CHARACTERS // (len(text) + 1))
    while len(findings) < most:
        try:
            node, more = grow("\n".join(lines), file)
        except (yaml.YAMLError, UnicodeEncodeError) as error:
            slip = _diagnose("\n".join(lines), error)
            place = Place(file, slip.line, slip.column)
            findings.append(Finding(slip.code, Severity.ERROR, slip.message, slip.remedy, place))
            if slip.mended is None or lines[slip.line - 1] == slip.mended:
                return None, tuple(findings)
            # What did not help once will not help again, and quoting doubles the quotes.
            is_longer = len(slip.mended) > len(lines[slip.line - 1])
            if is_longer and (slip.line, slip.code) in mended:
                return None, tuple(findings)
            mended.add((slip.line, slip.code))
            lines[slip.line - 1] = slip.mended
        else:
            return node, (*findings, *more)
    return None, tuple(findings)


def _diagnose(text: str, failure: Exception) -> _Slip:
    """Parse again in pure Python, whose messages and marks are the better ones.

    Where it accepts what the faster parser refused, the `failure` of that one is explained.
    """
    lines = [*text.split("\n"), ""]
    try:
        for _ in yaml.parse(text, Loader=yaml.SafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        return _explain(error, lines)
    except yaml.reader.ReaderError as error:
        return _explain_character(error, text)
    except (ValueError, OverflowError):  # an escape beyond the last character there is
        pass
    if isinstance(failure, yaml.MarkedYAMLError):
        return _explain(failure, lines)
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
    return _explain_structure(slip, error, lines)


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
            slip,
            column=len(content) - len(content.lstrip()) + 1,
            code="indentation",
            message="this line is indented deeper than its neighbours",
        )
    if link := _SHORT_LINK.fullmatch(content):
        label, url = (link[name].replace("'", "''") for name in ("label", "url"))
        return replace(
            slip,
            code="unquoted-colon",
            message="a colon inside the unquoted words of a link",
            remedy="put the words before the address in quotes",
            mended=f"{link['head']}{{'{label}': '{url}'}}",
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
    return _open_quote(slip, opening.line, opening.column, lines[opening.line])


def _open_quote(slip: _Slip, index: int, column: int, content: str) -> _Slip:
    return replace(
        slip,
        line=index + 1,
        column=column + 1,
        code="open-quote",
        message="the quotation mark that opens here is never closed",
        remedy="close it with the same mark at the end of the text",
        mended=content.rstrip().rstrip("\\") + content[column],
    )


def _explain_structure(slip: _Slip, error: yaml.MarkedYAMLError, lines: list[str]) -> _Slip:
    context = error.context or ""
    if "flow" in context and error.context_mark:
        return replace(
            slip,
            line=error.context_mark.line + 1,
            column=error.context_mark.column + 1,
            code="open-bracket",
            message="a bracket or brace is not closed",
            remedy="close it with ] or }",
        )
    if "block collection" in context:
        return replace(
            slip,
            code="list-mixed",
            message="a line in this list does not begin with a dash",
            remedy="begin it with `- `, or indent it to belong to the item above",
        )
    if "block mapping" in context:
        before = lines[: slip.line - 1]
        if lines[slip.line - 1][: slip.column - 1].count('"') % 2:
            # A quotation mark of this line closed one that was left open above.
            for index in reversed(range(len(before))):
                if before[index].count('"') % 2:
                    return _open_quote(slip, index, before[index].rindex('"'), before[index])
        return replace(
            slip,
            code="indentation",
            message="this line does not fit the indentation above it, or a quote ended too early",
            remedy="line it up with its neighbours, or put the whole text in single quotes",
        )
    return slip


def _quoted(content: str) -> str | None:
    found = _KEY_AND_VALUE.fullmatch(content)
    if not found:
        return None
    value = found["value"].replace("'", "''")
    return f"{found['head']}'{value}'"
