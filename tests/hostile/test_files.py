"""Files that are not what they seem are refused, and nothing outside the newsletter is read."""

from __future__ import annotations

import io
import json
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

HEAD = {"title": "May", "subject": "What happened in May", "preheader": "All", "date": "2030-05-15"}


def issue(src: str) -> str:
    """Write an issue that shows a picture."""
    image = {"src": src, "alt": "A harbour"}
    return json.dumps({**HEAD, "news": [{"title": "Ports", "image": image}]})


def png(width_px: int, height_px: int) -> bytes:
    """Make a PNG that claims a size and holds nothing of it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def jpeg() -> bytes:
    """Make a small picture."""
    target = io.BytesIO()
    Image.new("RGB", (800, 500), "#27506f").save(target, "JPEG")
    return target.getvalue()


@pytest.mark.parametrize(
    "src",
    [
        "../../secret.png",
        "assets/../../../secret.png",
        "/etc/passwd",
        "assets/./../../newsletter.yaml",
        "..\\..\\secret.png",
        "file:///etc/passwd",
        "https://example.org/x.png",
        "assets/fine.png\0.jpg",
        "assets",
        "~/x.png",
        "a" * 499,
    ],
)
def test_a_path_leads_nowhere_else(attack: Callable[..., Any], src: str) -> None:
    """A picture's path that leaves issues/, or is none, is refused at its line."""
    outcome = attack({"issues/2030-05.yaml": issue(src)})
    assert outcome.code == 1
    assert "issues/2030-05.yaml:1:" in outcome.said
    assert outcome.staged("message.html") == ""


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("issues/assets/x.png", "../../../secret.png"),
        ("issues/assets/x.png", "x.png"),
        ("issues/assets/x.png", "/dev/zero"),
        ("issues/out", "../.."),
    ],
    ids=["to a secret", "to itself", "to a device", "a folder"],
)
def test_a_link_leads_nowhere_else(attack: Callable[..., Any], name: str, target: str) -> None:
    """A symbolic link out of issues/ is refused like a path."""
    src = "assets/x.png" if name.endswith("png") else "out/secret.png"
    outcome = attack({"issues/2030-05.yaml": issue(src)}, {name: target})
    assert outcome.code == 1
    assert "issues/2030-05.yaml:1:" in outcome.said


@pytest.mark.parametrize("name", ["2030-05.yaml", "2030-05.fr.yaml"])
def test_an_issue_is_no_link_out(attack: Callable[..., Any], name: str) -> None:
    """An issue or a translation that is a link out of the folder is refused, not read."""
    files = {} if name == "2030-05.yaml" else {"issues/2030-05.yaml": issue("assets/fine.png")}
    outcome = attack(files, {f"issues/{name}": "../../secret.txt"})
    assert outcome.code in {1, 2}
    assert f"issues/{name}" in outcome.said


PICTURES = {
    "a bomb": png(60_000, 60_000),
    "a wide bomb": png(2_000_000_000, 1),
    "no width": png(0, 10),
    "cut short": jpeg()[:400],
    "empty": b"",
    "a script": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "a page": b"<html><script>alert(1)</script></html>",
    "an archive": b"PK\x03\x04" + b"\0" * 100,
    "a picture with a page behind": jpeg() + b"<script>alert(1)</script>",
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n(%pipe%true) (r) file\n",
}


@pytest.mark.parametrize("data", PICTURES.values(), ids=PICTURES.keys())
def test_a_picture_is_a_picture(attack: Callable[..., Any], data: bytes) -> None:
    """What is no picture, or too large a one, is refused; what rides along with one is dropped."""
    files = {"issues/2030-05.yaml": issue("assets/x.png"), "issues/assets/x.png": data}
    outcome = attack(files)
    for path in (outcome.folder / "outbox").rglob("x-*"):
        assert b"<script>" not in path.read_bytes()
    assert outcome.code == 1 or outcome.staged("message.html")


def test_a_pipe_is_not_waited_for(attack: Callable[..., Any], tmp_path: Path) -> None:
    """A named pipe in place of a picture is refused at once."""
    os.mkfifo(tmp_path / "newsletter" / "issues" / "assets" / "pipe.png")
    outcome = attack({"issues/2030-05.yaml": issue("assets/pipe.png")})
    assert outcome.code == 1


TEMPLATES = {
    "a class": "{{ ''.__class__.__mro__ }}",
    "globals": "{{ view.__init__.__globals__ }}",
    "an include": "{% include '../../secret.txt' %}",
    "an absolute include": "{% include '/etc/passwd' %}",
    "an import": "{% import 'os' as os %}{{ os.system('true') }}",
    "a write": "{{ view.__setattr__('title', 'x') }}",
    "an entity": '<!DOCTYPE x [<!ENTITY s SYSTEM "../secret.txt">]>'
    "<mjml><mj-body>&s;</mj-body></mjml>",
    "an include of MJML": '<mjml><mj-body><mj-include path="../secret.txt"/></mj-body></mjml>',
    "deep": "<mjml><mj-body>" + "<mj-section>" * 5000,
    "a script": "<mjml><mj-body><mj-raw><script>alert(1)</script></mj-raw></mj-body></mjml>",
    "a strange slot": "<mjml><mj-body><mj-raw>[[infomail:password]]</mj-raw></mj-body></mjml>",
    "a syntax error": "{% for %}",
    "an unknown name": "{{ nothing.here }}",
    "an endless macro": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "a large power": "{{ 'x' * 10 ** 12 }}",
    "a repeated text": "{{ 'x' * 10000000000 }}",
    "a padded text": "{{ 'x' | center(10000000000) }}",
    "a padded number": "{{ '%0999999999d' % 1 }}",
    "a long number in a style": f'<p style="width:{"9" * 5000}px">x</p>',
    "control characters": "<mjml>\x07</mjml>",
}


@pytest.mark.parametrize("source", TEMPLATES.values(), ids=TEMPLATES.keys())
def test_a_template_stays_in_its_box(attack: Callable[..., Any], source: str) -> None:
    """A template that reaches for more than it was given is named, and no mail of it is staged."""
    files = {"issues/2030-05.yaml": issue("assets/fine.png"), "templates/mail.mjml": source}
    outcome = attack(files)
    assert outcome.code == 1
    assert "mail.mjml" in outcome.said or "active-content" in outcome.said


def test_a_template_cannot_forge_a_mark(attack: Callable[..., Any]) -> None:
    """Characters that stand for places in a mail do no harm when a template writes them."""
    mail = (Path(__file__).parents[2] / "templates" / "mail.mjml").read_text(encoding="utf-8")
    forged = mail.replace("<p>{{ words(view.reason) }}</p>", "<p>&#xfdd2;999&#xfdd3;x</p>")
    assert forged != mail
    files = {"issues/2030-05.yaml": issue("assets/fine.png"), "templates/mail.mjml": forged}
    assert "\ufdd2" not in attack(files).staged("message.html")


def test_a_name_that_is_no_text_is_told(attack: Callable[..., Any], tmp_path: Path) -> None:
    """A file whose name is not UTF-8 or commands the terminal is named without doing so."""
    issues = tmp_path / "newsletter" / "issues"
    for name in (b"\xff.yaml", b"a\x1b]0;owned\x07.yaml"):
        Path(os.fsdecode(bytes(issues) + b"/" + name)).touch()
    outcome = attack({"issues/2030-05.yaml": issue("assets/fine.png")})
    assert "the file's name is no issue's" in outcome.said
    assert "\x1b]0;" not in outcome.said


def test_a_template_is_no_link_out(attack: Callable[..., Any]) -> None:
    """A template that is a link out of templates/ is refused, not read."""
    files = {"issues/2030-05.yaml": issue("assets/fine.png")}
    outcome = attack(files, {"templates/mail.css": "../../secret.txt"})
    assert outcome.code == 1
    assert "mail.css" in outcome.said
