"""A newsletter folder under attack, beside a secret that must never be read.

`attack` writes files into a fresh newsletter, runs the command line on it and says how it ended.
What every attack must leave whole is checked there: no bug is reported, no traceback is shown, the
secret is in no output and in no staged file, and no staged document runs code or leads to one.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree, html
from PIL import Image

from infomail import cli

CANARY = "the-secret-of-the-house"
NEWSLETTER = """\
name: Monthly Update
organisation: Example Organisation
sender: {name: Monthly Update, address: news@example.org}
languages: [en]
list_id: monthly.example.org
public_url: https://news.example.org/monthly/
postal_address: Example Street 1
reason: You subscribed.
"""
_SCHEMES = {"https", "http", "mailto", "tel", ""}

Files = Mapping[str, str | bytes]
"""What is written into the newsletter folder: contents by path."""


@dataclass(frozen=True)
class Outcome:
    """How an attack ended.

    Attributes:
        code: exit code of `infomail check`.
        said: all that both commands printed.
        folder: the newsletter folder.
    """

    code: int
    said: str
    folder: Path

    def staged(self, name: str) -> str:
        """Read a staged file; empty if nothing was staged."""
        path = self.folder / "outbox" / "2030-05" / "en" / name
        return path.read_text(encoding="utf-8") if path.exists() else ""


Attack = Callable[..., Outcome]


@pytest.fixture
def attack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Attack:
    """Attack a newsletter, check what must hold after every attack, and say how it ended."""
    folder = tmp_path / "newsletter"
    (folder / "issues" / "assets").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text(CANARY)
    Image.new("RGB", (1200, 750), "#27506f").save(tmp_path / "secret.png")
    Image.new("RGB", (1200, 750), "#dfe7ee").save(folder / "issues" / "assets" / "fine.png")
    (folder / "newsletter.yaml").write_text(NEWSLETTER)
    monkeypatch.chdir(folder)

    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["infomail", *arguments])
        with pytest.raises(SystemExit) as ending:
            cli.main()
        return int(ending.value.code or 0)

    def start(files: Files, links: Mapping[str, str] | None = None) -> Outcome:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        for name, target in (links or {}).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).symlink_to(target)
        code = run("check")
        run("build")
        out, err = capfd.readouterr()
        outcome = Outcome(code, out + err, folder)
        _holds(outcome)
        shutil.rmtree(folder / "outbox", ignore_errors=True) if code == 2 else None
        return outcome

    return start


def _holds(outcome: Outcome) -> None:
    """Check what must hold whatever was attacked."""
    assert outcome.code in {0, 1, 2}, outcome.said
    for sign in ("a bug:", "Traceback", CANARY):
        assert sign not in outcome.said
    for path in (outcome.folder / "outbox").rglob("*"):
        if path.is_file():
            assert CANARY.encode() not in path.read_bytes(), path
            assert not path.is_symlink()
    for name in ("message.html", "page.html"):
        # What is named as an error is staged to be looked at, and never sent.
        if (text := outcome.staged(name)) and "active-content" not in outcome.said:
            _runs_no_code(text)
    _headers_are_ours(outcome)


def _runs_no_code(text: str) -> None:
    for element in html.document_fromstring(text).iter(etree.Element):
        assert element.tag not in {"iframe", "object", "embed", "form", "base"}
        assert element.tag != "script" or element.get("type") == "application/ld+json"
        for name, value in element.attrib.items():
            assert not str(name).startswith("on"), (element.tag, name)
            if name in {"href", "src", "action", "background"}:
                scheme = re.match(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):", str(value))
                assert (scheme[1].lower() if scheme else "") in _SCHEMES, value


def _headers_are_ours(outcome: Outcome) -> None:
    path = outcome.folder / "outbox" / "2030-05" / "en" / "message.eml"
    if not path.exists():
        return
    head = path.read_bytes().split(b"\r\n\r\n")[0]
    assert b"\r" not in head.replace(b"\r\n", b"")
    assert b"\n" not in head.replace(b"\r\n", b"")
    names = {line.split(b":")[0] for line in head.split(b"\r\n") if line[:1] not in b" \t"}
    assert not names & {b"Bcc", b"Cc", b"X-Evil"}
    assert len([line for line in head.split(b"\r\n") if line.startswith(b"To:")]) == 1
