"""Where things are on the site."""

from __future__ import annotations

import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.publish.archives import NEWSLETTER

from infomail.publish import paths

_FOLDERS = st.lists(st.sampled_from(["2024-11", "fr", "news", "a"]), max_size=4).map(
    lambda parts: "".join(f"{part}/" for part in parts)
)


@given(_FOLDERS, _FOLDERS)
def test_links_lead_from_any_page_to_any_other(source: str, target: str) -> None:
    """A link is relative, names a file, and leads where it should."""
    link = paths.link(source, target)
    assert not link.startswith("/")
    assert posixpath.normpath(f"/site/{source}{link}") == f"/site/{target}index.html"


@pytest.mark.parametrize(
    "slug", ["news", "topics", "assets", "latest", "years", "search", "fr", "ar", "404", "join"]
)
def test_pages_of_the_archive_are_reserved(slug: str) -> None:
    """No issue may have the name of another page of the archive or of the public pages."""
    assert paths.is_reserved(slug, NEWSLETTER)
    assert not paths.is_reserved(f"{slug}-1", NEWSLETTER)


def test_languages_of_the_newsletter_are_reserved_in_small_letters() -> None:
    """Where capitals do not count, an issue `zh-hant` would lie in the folder of `zh-Hant`."""
    newsletter = NEWSLETTER.model_copy(update={"languages": ("en", "zh-Hant")})
    assert paths.is_reserved("zh-hant", newsletter)
    assert not paths.is_reserved("fr", newsletter)


@given(st.text(max_size=200))
def test_topics_stay_in_their_folder(name: str) -> None:
    """Whatever a topic is called, its path is one readable folder."""
    path = paths.topic("fr/", name)
    parts = path.removeprefix("fr/topics/").split("/")
    assert path.startswith("fr/topics/")
    assert len(parts) == 2
    assert parts[1] == ""
    assert parts[0].replace("-", "").isalnum()
    assert parts[0].isascii()
    assert len(parts[0]) <= 80


def test_the_first_language_has_the_site_itself() -> None:
    """Pages in the newsletter's first language lie at the top, the others in a folder each."""
    assert [paths.home(tag, NEWSLETTER) for tag in NEWSLETTER.languages] == ["", "fr/", "ar/"]
