"""Issues and newsletters as text in memory, and what is said about them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from infomail.errors import IssueError
from infomail.load import SourceText, parse_manuscript, parse_newsletter
from infomail.model.manuscript import Manuscript
from infomail.model.newsletter import Newsletter

NEWSLETTER = """\
name: Monthly Update
organisation: Example Organisation
sender:
  name: Monthly Update
  address: news@example.org
languages: [en, fr, ar]
list_id: monthly.example.org
public_url: https://news.example.org/
postal_address: Example Street 1
reason: You subscribed.
"""


@pytest.fixture(scope="session")
def newsletter_text() -> str:
    """The least that a newsletter.yaml must hold, ten lines long."""
    return NEWSLETTER


@pytest.fixture(scope="session")
def newsletter() -> Newsletter:
    """A newsletter in English, French and Arabic that calls gaps errors."""
    return parse_newsletter(SourceText("newsletter.yaml", NEWSLETTER))


@pytest.fixture(scope="session")
def lenient(newsletter: Newsletter) -> Newsletter:
    """The same newsletter, whose untranslated items fall back to the source."""
    return newsletter.model_copy(update={"allow_fallback": True})


@pytest.fixture(scope="session")
def parse(newsletter: Newsletter) -> Callable[..., Manuscript]:
    """Read issues/x.yaml and, if given, the words of issues/x.fr.yaml."""

    def run(text: str, words: str = "", into: Newsletter = newsletter) -> Manuscript:
        source = SourceText("issues/x.yaml", text)
        overlay = SourceText("issues/x.fr.yaml", words, "fr") if words else None
        return parse_manuscript("x", into, source, overlay)

    return run


@pytest.fixture(scope="session")
def problems(parse: Callable[..., Manuscript]) -> Callable[..., list[str]]:
    """Read a faulty issue and give the lines in which its problems are said."""

    def run(text: str, words: str = "") -> list[str]:
        with pytest.raises(IssueError) as caught:
            parse(text, words)
        return [str(finding) for finding in caught.value.findings]

    return run
