"""Countries and topics."""

from __future__ import annotations

import datetime

from tests.publish.archives import (
    LANGUAGES,
    archive,
    broken,
    edition,
    entry,
    issue,
    pages,
    site,
    targets,
    texts,
)

from infomail.publish import shelf, subjects
from infomail.publish.clerk import Clerk


def test_countries_have_the_names_of_the_pages_language() -> None:
    """A country is named in the language of the page, as the newsletter wants it if it says so."""
    told = entry(countries=("GE", "CV"), country_names=("Georgia", "Cape Verde"))
    files = site(archive(issue(edition("2024-11", told))))
    page = pages(files)["fr/news/index.html"]
    assert texts(page, "//article//*[@class='under']/a")[1:] == ["Géorgie", "Cap-Vert"]
    assert texts(pages(files)["countries/cv/index.html"], "//h1") == ["Cabo Verde"]
    assert texts(pages(files)["ar/countries/ge/index.html"], "//h1") == ["جورجيا"]


def test_topics_in_another_language_do_not_flood_the_list() -> None:
    """The subjects of a page are those in its language; an item's own are shown below it."""
    english = edition("2024-10", entry(topics=("Work",)), date=datetime.date(2024, 10, 1))
    source = edition("2024-11", entry(topics=("Skills",)))
    french = edition("2024-11", entry(topics=("Compétences",), tag="fr"), language="fr")
    files = site(archive(issue(source, french), issue(english)))
    news = pages(files)["fr/news/index.html"]
    assert texts(news, "//nav[@class='subjects']//li/a") == ["Compétences"]
    assert texts(news, "//article//a[@hreflang='en'][text()='Work']") == ["Work"]
    assert texts(pages(files)["fr/topics/index.html"], "//main//li/a") == ["Compétences"]


def test_spellings_of_one_topic_are_one() -> None:
    """Capitals do not make another topic; the newest spelling names it."""
    older = edition("2024-10", entry(topics=("skills",)), date=datetime.date(2024, 10, 1))
    newer = edition("2024-11", entry(topics=("Skills",)))
    files = site(archive(issue(newer), issue(older)))
    assert texts(pages(files)["topics/index.html"], "//main//li") == ["Skills 2"]
    assert len(texts(pages(files)["topics/skills/index.html"], "//article//h2")) == 2


def test_a_topic_is_spelt_as_the_pages_language_spells_it() -> None:
    """A newer issue that is in another language only does not respell a topic."""
    french = entry(topics=("Éducation",), tag="fr")
    both = issue(edition("2024-10"), edition("2024-10", french, language="fr"))
    newer = issue(edition("2024-11", entry(topics=("Education",)), date=datetime.date(2024, 12, 1)))
    files = pages(site(archive(both, newer)))
    assert texts(files["fr/topics/index.html"], "//main//li") == ["Éducation 2"]
    assert texts(files["fr/topics/education/index.html"], "//h1") == ["Éducation"]
    assert texts(files["topics/index.html"], "//main//li") == ["Education 1"]


def test_different_topics_have_pages_of_their_own() -> None:
    """A topic's page shows its own items only, and stays where it is whatever topics join it."""
    names = ("C", "C++", "C#", "План 2030", "Бюджет 2030", "Łowy", "owy")
    entries = [entry(f"news-{number}", topics=(name,)) for number, name in enumerate(names)]
    files = site(archive(issue(edition("2024-11", *entries))))
    own = {path: page for path, page in pages(files).items() if path.startswith("topics/")}
    del own["topics/index.html"]
    assert sorted(texts(page, "//h1")[0] for page in own.values()) == sorted(names)
    assert all(len(texts(page, "//article")) == 1 for page in own.values())
    for each in entries:
        alone = site(archive(issue(edition("2024-11", each))))
        assert {path for path in alone if path.startswith("topics/")} <= {*own, "topics/index.html"}


def test_the_parts_of_a_long_list_lead_to_each_other() -> None:
    """Every part of a topic's list is linked, of very many the first, the last and those near."""
    entries = [entry(f"news-{number}", topics=("Work",)) for number in range(900)]
    published = archive(issue(edition("2024-11", *entries)))
    clerk = Clerk(published, LANGUAGES["en"])
    (topic,) = subjects.indexed(clerk, shelf.pieces(published, "en")).topics
    assert len(topic.pieces) == 900
    where = [f"topics/work/{number}/" for number in range(30)]
    words = [way.words for way in subjects.part_ways(clerk, where[14], where).ways]
    assert words == ["Newest", *(str(number) for number in range(18, 13, -1)), "1"]
    assert [way.words for way in subjects.part_ways(clerk, where[0], where[:1]).ways] == []


def test_each_country_and_topic_is_two_clicks_away() -> None:
    """Home leads to the list of all countries and topics, and that to each of them."""
    entries = [entry(f"news-{number}", topics=(f"Topic {number}",)) for number in range(50)]
    files = site(archive(issue(edition("2024-11", *entries))))
    parsed = pages(files)
    assert "topics/index.html" in targets("index.html", parsed["index.html"])
    listed = targets("topics/index.html", parsed["topics/index.html"])
    assert {f"topics/topic-{number}/index.html" for number in range(50)} <= set(listed)
    assert broken(files) == []
