"""What the judges look at, and how a site is served to them."""

from __future__ import annotations

import http.client
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from infomail.sitecheck.judges.browser import choice
from infomail.sitecheck.judges.nu import html_faults
from infomail.sitecheck.judges.programs import axe, browser, node_packages, nu_command
from infomail.sitecheck.judges.serving import POLICY, served
from infomail.sitecheck.site import Site

LANGUAGES = {
    "index.html": "en",
    "fr/index.html": "fr",
    "2024-10/index.html": "en",
    "2024-11/index.html": "en",
    "2024-11/fr/index.html": "fr",
    "news/index.html": "en",
    "news/2023/index.html": "en",
    "news/2024/index.html": "en",
    "countries/cv/index.html": "en",
    "countries/ng/index.html": "en",
}


def test_of_each_kind_the_newest_is_chosen() -> None:
    """One page of each kind in each language is looked at, the last by name."""
    assert choice(LANGUAGES) == (
        "2024-11/fr/index.html",
        "2024-11/index.html",
        "countries/ng/index.html",
        "fr/index.html",
        "index.html",
        "news/2024/index.html",
        "news/index.html",
    )


def test_a_site_is_served_under_a_strict_policy(tmp_path: Path) -> None:
    """The browser gets every file with a policy that allows no inline script and no other host."""
    (tmp_path / "index.html").write_text("words", "utf-8")
    with served(tmp_path) as home:
        connection = http.client.HTTPConnection(urlsplit(home).netloc)
        connection.request("GET", "/")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"words")
        assert answer.getheader("Content-Security-Policy") == POLICY
        connection.close()
    assert "'unsafe-inline'" not in POLICY.partition("script-src")[2].partition(";")[0]


def test_node_packages_are_looked_for_in_every_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NODE_PATH names folders; empty names and folders without the file are passed over."""
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x.js").touch()
    monkeypatch.setenv("NODE_PATH", f":{tmp_path / 'a'}:{tmp_path / 'b'}")
    assert list(node_packages("x.js")) == [tmp_path / "b" / "x.js"]


def test_what_is_not_installed_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine without Java, vnu and Chromium there is no command."""
    for name in ("NODE_PATH", "INFOMAIL_CHROMIUM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "/nonexistent")
    assert (nu_command(), browser()) == ([], "")
    assert axe() is not None


def test_a_checker_that_does_not_start_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the Nu checker fails, nothing counts as judged."""
    vnu = tmp_path / "vnu"
    vnu.write_text("#!/bin/sh\nexit 3\n", "utf-8")
    vnu.chmod(0o755)
    monkeypatch.delenv("NODE_PATH", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setattr("shutil.which", lambda name: str(vnu) if name == "vnu" else None)
    site = Site(tmp_path, "https://a.example/", frozenset(), frozenset({"index.html"}))
    faults, absent = html_faults(site, ["index.html"])
    assert faults == ()
    assert "does not start" in absent
