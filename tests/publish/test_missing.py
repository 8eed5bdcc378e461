"""404.html."""

from __future__ import annotations

from lxml import html
from tests.publish.archives import archive, press, texts

from infomail.publish.missing import missing


def test_is_said_in_every_language() -> None:
    """Whoever comes to an address without a page reads it in each language, and finds home."""
    page = html.document_fromstring(missing(press(archive())).make().decode())
    assert page.xpath("//main/section/@lang") == ["en", "fr", "ar"]
    assert page.xpath("//main/section/@dir") == ["ltr", "ltr", "rtl"]
    assert texts(page, "//h1 | //h2") == ["Page not found", "Page introuvable", "الصفحة غير موجودة"]
    home = "https://news.example.org/monthly/"
    assert page.xpath("//main//a/@href") == [home, f"{home}fr/", f"{home}ar/"]


def test_looks_right_at_any_depth() -> None:
    """It asks for no other file, since no relative address would be right everywhere."""
    page = html.document_fromstring(missing(press(archive())).make().decode())
    assert page.xpath("//link/@href | //img | //script") == []
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
