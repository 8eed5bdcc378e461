"""The Nu HTML checker, which validator.w3.org runs: npm's vnu-jar in this machine's Java.

Mails are judged with their slots filled. Starting Java is slow, so one run judges all files.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.judges.conftest import NOTICES

JAR = Path("vnu-jar", "build", "dist", "vnu.jar")
NAMES = ("message.html", "page.html")
PLANTED = '<p><img src="a b.png" height="auto"></p></body>'
# Outlook on Windows draws mails with Word, which needs these namespaces and mso- properties, and
# attributes of tables where it ignores CSS (Microsoft, "Word 2007 HTML and CSS rendering
# capabilities in Outlook 2007"). supported-color-schemes is Apple Mail's older name of
# color-scheme. The `type` of a style is MJML's; it is superfluous and no error.
ALLOWED_IN_MAILS = re.compile(
    r"Attribute “xmlns:[vo]” not allowed here\."
    r"|CSS: “(mso-[a-z-]+|supported-color-schemes)”: Property “\1” doesn't exist\."
    r"|The “(align|bgcolor|border|cellpadding|cellspacing|valign|width)” attribute"
    r" on the “(table|td)” element is obsolete\..*"
    r"|The “type” attribute for the “style” element is not needed and should be omitted\."
)

Verdicts = dict[str, list[str]]


def node_folders(repository: Path) -> list[Path]:
    """Name the folders in which Node's packages may lie, the global one last."""
    named = os.environ.get("NODE_PATH", "").split(os.pathsep)
    folders = [*(Path(name) for name in named if name), repository / "node_modules"]
    npm = shutil.which("npm")
    if npm:
        asked = [npm, "root", "-g"]
        ended = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
        folders += [Path(line) for line in ended.stdout.split("\n") if line]
    return folders


@pytest.fixture(scope="module")
def jar(repository: Path) -> Path:
    """The checker."""
    jars = [folder / JAR for folder in node_folders(repository) if (folder / JAR).is_file()]
    if not jars:
        pytest.skip("vnu-jar is missing — npm install vnu-jar, and name its folder in NODE_PATH")
    return jars[0]


@pytest.fixture(scope="module")
def verdicts(  # noqa: PLR0913, PLR0917
    jar: Path,
    program: Callable[[str, str], str],
    run: Callable[..., str],
    editions: list[Path],
    filled: Callable[[str], str],
    notices: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Verdicts:
    """What the checker says of each file, and of a copy of it with faults planted."""
    java = program("java", "apt install default-jre-headless")
    top = tmp_path_factory.mktemp("vnu")
    for folder in editions:
        for name in NAMES:
            html = filled((folder / name).read_text("utf-8"))
            (top / judged(folder, name)).write_text(html, encoding="utf-8")
            spoilt = html.replace("</body>", PLANTED)
            (top / judged(folder, f"spoilt-{name}")).write_text(spoilt, encoding="utf-8")
    for notice in notices.iterdir():
        shutil.copy(notice, top)
    options = ("--format", "json", "--stdout", "--exit-zero-always")
    said = json.loads(run(java, "-jar", jar, *options, *sorted(top.iterdir())))
    verdicts: Verdicts = defaultdict(list)
    for message in said["messages"]:
        verdicts[message["url"].rpartition("/")[2]].append(message["message"])
    return verdicts


def judged(edition: Path, name: str) -> str:
    """Name the file that the checker gets."""
    return f"{edition.parent.name}-{edition.name}-{name}"


def unexpected(messages: list[str]) -> list[str]:
    """Leave out what a mail may not do without."""
    return [message for message in messages if not ALLOWED_IN_MAILS.fullmatch(message)]


def test_mails_are_valid(verdicts: Verdicts, edition: Path) -> None:
    """A mail has no fault but those that Outlook and old Apple Mail ask for."""
    assert unexpected(verdicts[judged(edition, "message.html")]) == []


@pytest.mark.parametrize(("kind", "tag"), NOTICES)
def test_notices_are_valid(verdicts: Verdicts, kind: str, tag: str) -> None:
    """A mail about a subscription has no fault but those that mails have."""
    assert unexpected(verdicts[f"{kind}.{tag}.html"]) == []


def test_pages_are_valid(verdicts: Verdicts, edition: Path) -> None:
    """A page has no fault at all."""
    assert verdicts[judged(edition, "page.html")] == []


@pytest.mark.parametrize("name", NAMES)
def test_planted_faults_are_convicted(verdicts: Verdicts, edition: Path, name: str) -> None:
    """A missing alt, a space in an address and a height that is no number do not get by."""
    said = unexpected(verdicts[judged(edition, f"spoilt-{name}")])

    for words in ("“alt” attribute", "“height” on element “img”", "“src” on element “img”"):
        assert any(words in message for message in said), said
