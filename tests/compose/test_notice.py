"""A notice says what it is for, in the person's language, and carries nothing else."""

from __future__ import annotations

import re

import pytest

from infomail import load
from infomail.compose import Ingredients, Language, Theme, compose_notice
from infomail.model.newsletter import Newsletter
from infomail.model.notice import ComposedNotice, Notice, NoticeKind

URL = "https://news.example.org/confirm/1-5e0be100-0123456789abcdef0123456789abcdef"
TAGS = ("en", "fr", "es", "de", "ru", "ar")
WITH_END = {NoticeKind.CONFIRM, NoticeKind.HERE, NoticeKind.THERE}
EVERY = [(kind, tag) for kind in NoticeKind for tag in TAGS]
TEXT = """
name: {newsletter}
organisation: Harbour Trust
sender: {{name: Monthly, address: news@example.org}}
languages: [en, fr, es, de, ru, ar]
time_zone: Europe/Brussels
list_id: monthly.example.org
public_url: https://news.example.org/
postal_address: |
  Harbour Trust
  Quay Street 5
reason: You subscribed.
people: {{privacy_url: "https://example.org/privacy?a=1&b=2"}}
"""


def newsletter(name: str = "Monthly") -> Newsletter:
    """Load a newsletter in all languages that have words of their own."""
    source = load.SourceText("newsletter.yaml", TEXT.format(newsletter=name))
    return load.parse_newsletter(source)


@pytest.fixture(scope="module")
def theme(tmp_path_factory: pytest.TempPathFactory) -> Theme:
    """The theme that is shipped."""
    return Theme(load.load_theme(tmp_path_factory.mktemp("nothing")))


def composed(
    theme: Theme, kind: NoticeKind, tag: str, paper: Newsletter | None = None
) -> ComposedNotice:
    """Compose a notice to Ana; its link ends on 1 October 2030 at noon in Brussels."""
    ends = 1_917_079_200.0 if kind in WITH_END else None
    new = "new@example.org" if kind is NoticeKind.HERE else ""
    notice = Notice(1, kind, "ana@example.org", "Ana Lima", tag, 1, 1, ends, new_address=new)
    language = Language(tag, load.load_words(tag))
    return compose_notice(notice, URL, Ingredients(paper or newsletter(), theme, language, {}))


@pytest.mark.parametrize(("kind", "tag"), EVERY)
def test_a_notice_leads_to_its_page(theme: Theme, kind: NoticeKind, tag: str) -> None:
    """Both parts have the link once, and no other than that to the privacy notice."""
    notice = composed(theme, kind, tag)
    privacy = "https://example.org/privacy?a=1&b=2"
    assert re.findall(r'href="([^"]*)"', notice.html) == [URL, privacy.replace("&", "&amp;")]
    assert re.findall(r"https?://\S+", notice.text) == [URL, privacy]


@pytest.mark.parametrize(("kind", "tag"), EVERY)
def test_a_notice_carries_nothing_else(theme: Theme, kind: NoticeKind, tag: str) -> None:
    """No picture, no address of the person, and no name, which a stranger may have entered."""
    notice = composed(theme, kind, tag)
    for part in (notice.subject, notice.html, notice.text):
        assert "Ana" not in part
        assert "ana@" not in part
    assert not re.search(r"<img|url\(|<script|<link", notice.html)


@pytest.mark.parametrize(("kind", "tag"), EVERY)
def test_a_notice_is_in_its_language(theme: Theme, kind: NoticeKind, tag: str) -> None:
    """Each is told in the person's language, in its direction, and none in English but that."""
    notice, english = composed(theme, kind, tag), composed(theme, kind, "en")
    direction = "rtl" if tag == "ar" else "ltr"
    assert f'<html lang="{tag}" dir="{direction}">' in notice.html
    assert notice.language == tag
    if tag != "en":
        sentences = re.findall(r"<p[^>]*>([^<]{30,})</p>", english.html)
        assert sentences
        assert [one for one in sentences if one in notice.html] == []
        assert notice.subject != english.subject


@pytest.mark.parametrize("kind", sorted(WITH_END))
def test_a_notice_says_until_when_its_link_works(theme: Theme, kind: NoticeKind) -> None:
    """The end is told in the newsletter's time zone."""
    words = "until 1 October 2030, 12:00 (Brussels, UTC+2)"
    notice = composed(theme, kind, "en")
    assert words in notice.html
    assert words in " ".join(notice.text.split())


def test_only_the_old_mailbox_reads_the_new_address(theme: Theme) -> None:
    """Who is asked to let an address go is told which one comes in its place."""
    assert "new@example.org" in composed(theme, NoticeKind.HERE, "en").html
    assert "new@example.org" in composed(theme, NoticeKind.HERE, "en").text


def test_the_name_of_a_newsletter_is_text(theme: Theme) -> None:
    """Braces and brackets in a name are printed, not understood."""
    notice = composed(theme, NoticeKind.CONFIRM, "en", newsletter("'{address} & <b>Us</b>'"))
    assert "“{address} &amp; &lt;b&gt;Us&lt;/b&gt;”" in notice.html
    assert "“{address} & <b>Us</b>”" in " ".join(notice.text.split())
    assert notice.subject == "{address} & <b>Us</b>: Please confirm your subscription"


def test_latin_names_keep_their_order_in_arabic(theme: Theme) -> None:
    """An address within Arabic words is isolated, so that it reads from left to right."""
    notice = composed(theme, NoticeKind.HERE, "ar")
    assert '<bdi dir="ltr">new@example.org</bdi>' in notice.html
    assert "\u2068new@example.org\u2069" in notice.text


@pytest.mark.parametrize(("kind", "tag"), EVERY)
def test_a_notice_is_small(theme: Theme, kind: NoticeKind, tag: str) -> None:
    """A notice is far below the size at which Gmail clips a mail."""
    assert len(composed(theme, kind, tag).html.encode()) < 10_000
