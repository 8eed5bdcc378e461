"""The pages before the Nu HTML checker, which validator.w3.org runs."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
from tests.judges.test_vnu import JAR, node_folders
from tests.web.house import WAIT_SECONDS, House

from infomail.tokens import Purpose
from infomail.web.languages import SPOKEN


@pytest.fixture(scope="module")
def checker(repository: Path) -> list[str]:
    """The command that checks all files of a folder."""
    java = shutil.which("java")
    if java is None:
        pytest.skip("java is missing — apt install default-jre-headless")
    jars = [folder / JAR for folder in node_folders(repository) if (folder / JAR).is_file()]
    if not jars:
        pytest.skip("vnu-jar is missing — npm install vnu-jar, and name its folder in NODE_PATH")
    return [java, "-jar", str(jars[0]), "--format", "json", "--stdout", "--exit-zero-always"]


def faults(checker: list[str], folder: Path) -> dict[str, str]:
    """Give the last fault of each file."""
    ended = subprocess.run(  # noqa: S603
        [*checker, *map(str, sorted(folder.iterdir()))],
        capture_output=True,
        text=True,
        check=True,
        timeout=10 * WAIT_SECONDS,
    )
    said = json.loads(ended.stdout)["messages"]
    return {message["url"].rpartition("/")[2]: message["message"] for message in said}


def test_all_pages_are_valid(
    house: House, client: httpx.Client, checker: list[str], tmp_path: Path
) -> None:
    """No page has a fault, before or after its button was pressed, in any language."""
    folder = tmp_path / "pages"
    folder.mkdir()
    number, request_id = house.joined(), house.asked("bo@example.org")
    looked = {
        "home": "",
        "join": "join",
        "confirm": house.confirm_path(request_id),
        "link": "preferences",
        "preferences": house.preferences_path(number),
        "address": f"address/here/{house.expiring(Purpose.HERE, request_id)}",
        "leave": house.leave_path(number),
        "dead": "leave/x",
    }
    pressed = {name: looked[name] for name in ("join", "link", "preferences", "confirm", "leave")}
    for tag in SPOKEN:
        for name, path in looked.items():
            page = client.get(f"{path}?lang={tag}").text
            (folder / f"{name}-{tag}.html").write_text(page, encoding="utf-8")
    for name, path in pressed.items():
        page = client.post(path, data={"address": "x", "name": "n" * 201}).text
        (folder / f"{name}-pressed.html").write_text(page, encoding="utf-8")
    spoilt = client.get("join").text.replace("</main>", '<img src="a b.png"></main>')
    (folder / "spoilt.html").write_text(spoilt, encoding="utf-8")
    assert list(faults(checker, folder)) == ["spoilt.html"]
