"""A translation is words laid over its source; all else stays the source's."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from infomail.model.finding import Place
from infomail.model.issue import Item, Link
from infomail.model.manuscript import Gap, Manuscript
from infomail.model.newsletter import Newsletter

Parse = Callable[..., Manuscript]
Problems = Callable[..., list[str]]

SOURCE = """\
title: November
subject: Two items
preheader: And nothing else
date: 2024-11-20
letter:
  greeting: Dear {name},
  text: Hello.
news:
  heading: Fresh
  more:
    All news: https://a.example/news
  items:
    - id: one
      title: First
      text: Of two.
      date: 2024-11-19
      countries: [NG]
      topics: [Law, Work]
      image:
        src: assets/one.jpg
        alt: A bridge
        credit: By hand
      links:
        - Read: https://a.example/1
        - label: More
          url: https://a.example/2
    - title: The second item
      text: Of two.
"""
WORDS = """\
title: Novembre
subject: Deux articles
preheader: Et rien d’autre
letter:
  greeting: Bonjour {name},
  text: Salut.
news:
  heading: Frais
  more: Toutes
  items:
    - id: the-second-item
      title: Deuxième
      text: De deux.
    - id: one
      title: Premier
      text: De deux.
      topics: [Droit, Travail]
      image:
        alt: Un pont
        credit: À la main
      links:
        - Lire
        - Suite
"""


def items(manuscript: Manuscript) -> tuple[Item, ...]:
    """Give the news of a manuscript."""
    assert manuscript.issue.news is not None
    return manuscript.issue.news.items


def cut(text: str, *lines: str) -> str:
    """Give `text` without some of its lines, each of which must be there."""
    kept = text.splitlines()
    for line in lines:
        kept.remove(line)
    return "\n".join(kept) + "\n"


def test_words_are_the_translations_and_facts_the_sources(parse: Parse) -> None:
    """Titles and texts come from the translation; dates, pictures and addresses are inherited."""
    manuscript = parse(SOURCE, WORDS)
    one = items(manuscript)[0]

    assert manuscript.issue.title == "Novembre"
    assert (one.title, one.text, one.topics) == ("Premier", "De deux.", ("Droit", "Travail"))
    assert (one.date, one.countries) == (datetime.date(2024, 11, 19), ("NG",))
    assert one.image is not None
    assert (one.image.src, one.image.alt, one.image.credit) == (
        *("assets/one.jpg", "Un pont", "À la main"),
    )


def test_complete_translation_has_no_gaps(parse: Parse) -> None:
    """When every word is there, nothing is missing, and the languages are known."""
    manuscript = parse(SOURCE, WORDS)

    assert manuscript.gaps == ()
    assert (manuscript.language, manuscript.source_language) == ("fr", "en")
    assert manuscript.item_count == 2


def test_links_take_labels_in_the_sources_order(parse: Parse) -> None:
    """A list of words is enough to translate links; their addresses stay the source's."""
    assert items(parse(SOURCE, WORDS))[0].links == (
        Link(label="Lire", url="https://a.example/1"),
        Link(label="Suite", url="https://a.example/2"),
    )


def test_link_of_a_translation_may_lead_elsewhere(parse: Parse) -> None:
    """A link written out in the translation replaces the source's, address and all."""
    words = WORDS.replace("- Lire", "- Lire: https://a.example/fr")

    assert items(parse(SOURCE, words))[0].links[0].url == "https://a.example/fr"


def test_closing_link_takes_the_words_of_the_translation(parse: Parse) -> None:
    """The link that closes a section is translated by its words alone."""
    news = parse(SOURCE, WORDS).issue.news

    assert news is not None
    assert news.more == Link(label="Toutes", url="https://a.example/news")


def test_items_are_matched_by_id_and_by_the_slug_of_the_title(parse: Parse) -> None:
    """The order of the translation does not matter; an item without id goes by its title's slug."""
    found = items(parse(SOURCE, WORDS))

    assert [(item.id, item.title) for item in found] == [
        *[("one", "Premier"), ("the-second-item", "Deuxième")]
    ]


def test_reordering_the_source_keeps_the_translation_right(parse: Parse) -> None:
    """When items change places in the source, each keeps its own translation."""
    head, first, second = SOURCE.partition("    - id: one")
    first, mark, second = second.partition("    - title: The second item")
    swapped = f"{head}{mark}{second}    - id: one{first}"

    assert [item.title for item in items(parse(swapped, WORDS))] == ["Deuxième", "Premier"]


def test_items_in_other_letters_keep_their_translations_too(parse: Parse) -> None:
    """Items with Arabic titles and without ids are known by their titles, not by their order."""
    source = "title: T\nsubject: S\npreheader: P\ndate: 2024-11-20\nnews:\n"
    one, two = "- title: ألف\n", "- title: باء\n"
    names = [item.id for item in items(parse(source + one + two))]
    words = "news:\n" + "".join(
        f"- {{id: {name}, title: {title}}}\n"
        for name, title in zip(names, ("Alif", "Ba"), strict=True)
    )

    assert [item.title for item in items(parse(source + one + two, words))] == ["Alif", "Ba"]
    assert [item.title for item in items(parse(source + two + one, words))] == ["Ba", "Alif"]


def test_bare_list_is_matched_with_a_section(parse: Parse) -> None:
    """A section may be a bare list in one file and written out in the other."""
    head = "title: A\nsubject: B\npreheader: C\n"
    source = f"{head}date: 2024-11-20\nnews:\n- title: First\n"

    by_list = parse(source, f"{head}news:\n- id: first\n  title: Premier\n")
    by_section = parse(source, f"{head}news:\n  items:\n  - id: first\n    title: Premier\n")

    assert items(by_list) == items(by_section)
    assert items(by_list)[0].title == "Premier"


def test_untranslated_item_is_a_whole_gap_at_its_source(parse: Parse) -> None:
    """An item that the translation lacks is shown in the source's words and named as a gap."""
    words = WORDS.replace(
        "    - id: the-second-item\n      title: Deuxième\n      text: De deux.\n", ""
    )
    manuscript = parse(SOURCE, words)

    assert items(manuscript)[1].title == "The second item"
    assert manuscript.gaps == (
        Gap("the-second-item", ("title", "text"), whole=True, place=Place("issues/x.yaml", 27, 7)),
    )


@pytest.mark.parametrize(
    ("line", "gap"),
    [
        ("title: Novembre",
         Gap("", ("title",), whole=False, place=Place("issues/x.fr.yaml", 1, 1))),
        ("  greeting: Bonjour {name},",
         Gap("", ("letter: greeting",), whole=False, place=Place("issues/x.fr.yaml", 5, 3))),
        ("  heading: Frais",
         Gap("", ("news: heading",), whole=False, place=Place("issues/x.fr.yaml", 8, 3))),
        ("  more: Toutes",
         Gap("", ("news: more",), whole=False, place=Place("issues/x.fr.yaml", 8, 3))),
        ("      title: Premier",
         Gap("one", ("title",), whole=False, place=Place("issues/x.fr.yaml", 14, 7))),
        ("      topics: [Droit, Travail]",
         Gap("one", ("topics",), whole=False, place=Place("issues/x.fr.yaml", 14, 7))),
        ("        credit: À la main",
         Gap("one", ("picture: credit",), whole=False, place=Place("issues/x.fr.yaml", 14, 7))),
    ],
    ids=["title", "letter", "heading", "more", "item", "topics", "picture"],
)  # fmt: skip
def test_missing_word_is_a_gap(line: str, gap: Gap, parse: Parse) -> None:
    """Each word that the source has and the translation lacks is named, once and by its place."""
    assert parse(SOURCE, cut(WORDS, line)).gaps == (gap,)


def test_empty_word_is_a_gap_too(parse: Parse) -> None:
    """A key without a text translates nothing."""
    gaps = parse(SOURCE, WORDS.replace("title: Deuxième", "title:")).gaps

    assert [(gap.item, gap.words) for gap in gaps] == [("the-second-item", ("title",))]


def test_gaps_of_one_item_come_together(parse: Parse) -> None:
    """An item with several missing words is one gap that names them all."""
    words = cut(WORDS, "      title: Premier", "      links:", "        - Lire", "        - Suite")

    assert [gap.words for gap in parse(SOURCE, words).gaps] == [("title", "links")]


def test_translation_of_nothing_lacks_everything(parse: Parse) -> None:
    """A translation that was only begun names every part of the source as a gap."""
    manuscript = parse(SOURCE, "title: Novembre\n")

    assert [gap.words for gap in manuscript.gaps if not gap.item] == [
        *[("subject", "preheader"), ("letter: greeting", "letter: text")],
        *[("news: heading",), ("news: more",)],
    ]
    assert sum(gap.whole for gap in manuscript.gaps) == manuscript.item_count


def test_decoration_needs_no_words(parse: Parse) -> None:
    """An alt text that is empty on purpose is not missing from a translation."""
    source = SOURCE.replace("alt: A bridge", 'alt: ""')

    assert parse(source, cut(WORDS, "        alt: Un pont")).gaps == ()


def test_fallback_marks_the_language_of_the_item(parse: Parse, lenient: Newsletter) -> None:
    """Where untranslated items may fall back, they say in which language they are."""
    words = "title: A\nnews:\n  items:\n    - id: one\n      title: Premier\n"

    assert [item.language for item in items(parse(SOURCE, words, lenient))] == [None, "en"]
    assert [item.language for item in items(parse(SOURCE, words))] == [None, None]


def test_language_of_an_item_outlives_the_fallback(parse: Parse, lenient: Newsletter) -> None:
    """An item that is in a third language anyway stays marked with that one."""
    source = SOURCE.replace("    - title: The", "    - language: ar\n      title: The")

    assert items(parse(source, "title: A\n", lenient))[1].language == "ar"


def test_places_point_into_the_file_that_says_it(parse: Parse) -> None:
    """A translated value stands in the translation's file, an inherited one in the source's."""
    manuscript = parse(SOURCE, WORDS)
    one = ("news", "items", 0)

    assert manuscript.place_of((*one, "title")) == Place("issues/x.fr.yaml", 15, 14)
    assert manuscript.place_of((*one, "links", 0, "label")) == Place("issues/x.fr.yaml", 22, 11)
    assert manuscript.place_of((*one, "links", 0, "url")) == Place("issues/x.yaml", 24, 17)
    assert manuscript.place_of((*one, "image", "alt")) == Place("issues/x.fr.yaml", 19, 14)
    assert manuscript.place_of((*one, "image", "src")) == Place("issues/x.yaml", 20, 14)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("id: one", "id: on", "14:11: `on` is no item of news — did you mean `one`?"),
        ("id: one", "id: zzz", ("14:11: `zzz` is no item of news — "
         "write one of: one, the-second-item")),
        ("id: one", "id: the-second-item", ("14:11: `the-second-item` stands here twice — "
         "keep one of the two")),
        ("id: one\n      title", "title", ("14:7: an item has no id — "
         "write one of: one, the-second-item")),
        ("      topics", "      date: 2024-11-20\n      topics",
         ("17:7: `date` is nothing that a translation can change here — "
         "delete it: a translation holds words only, the rest comes from the source")),
        ("      topics", "      countries: [FR]\n      topics",
         ("17:7: `countries` is nothing that a translation can change here — "
         "delete it: a translation holds words only, the rest comes from the source")),
        ("        alt", "        src: assets/two.jpg\n        alt",
         ("19:9: `src` is nothing that a translation can change here — "
         "delete it: a translation holds words only, the rest comes from the source")),
        ("letter:", "lettre: x\nletter:",
         "4:1: `lettre` is nothing that a translation can change here — did you mean `letter`?"),
        ("letter:", "events: []\nletter:",
         ("4:1: `events` is nothing that a translation can change here — "
         "delete it: a translation holds words only, the rest comes from the source")),
        ("letter:", "language: ar\nletter:",
         ("4:1: `language` is nothing that a translation can change here — "
         "delete it: a translation holds words only, the rest comes from the source")),
        ("      text: De deux.\n    - id: one",
         "      image: {alt: x}\n      text: x\n    - id: one",
         ("13:7: `image` is nothing that a translation can change here — "
         "delete it: a translation holds words only, the rest comes from the source")),
        ("        - Suite\n", "", ("22:9: the source has 2 links, the translation 1 — "
         "translate each link's words, in the source's order")),
        ("        - Suite\n", "        - Suite\n    - text\n",
         "24:7: it is not a set of `key: value` lines — begin it with `- id:`"),
        ("title: Premier", "title: [Premier]",
         "15:14: title: it is not a text — write one text here, in quotes if it holds a colon"),
        ("- Lire", "-", "22:10: label: it is empty — write a text"),
        ("  greeting: Bonjour {name},\n  text: Salut.", "  Salut.",
         ("5:3: letter: it is not a set of `key: value` lines — "
          "write `key: value`, one on each line")),
        ("\n        - Lire\n        - Suite", " Lire", ("21:14: links: it is not a list — "
         "begin each entry on its own line with a dash and a space")),
        ("\n        alt: Un pont\n        credit: À la main", " Un pont",
         ("18:14: image: it is not a set of `key: value` lines — "
         "write `key: value`, one on each line")),
    ],
    ids=["close id", "unknown id", "twice", "no id", "date", "countries", "src", "typo", "section",
         "language", "picture", "links", "item", "title", "label", "letter", "links' shape",
         "picture's shape"],
)  # fmt: skip
def test_words_that_fit_nothing_are_refused(
    old: str, new: str, expected: str, problems: Problems
) -> None:
    """Whatever a translation says and its source has no place for is named, never lost."""
    assert WORDS.count(old) == 1
    said = [line.rsplit(" [", 1)[0] for line in problems(SOURCE, WORDS.replace(old, new))]

    assert said == [f"issues/x.fr.yaml:{expected}"]


@pytest.mark.parametrize("name", ["news", "calls", "letter"])
def test_section_without_content_is_no_obstacle(name: str, parse: Parse) -> None:
    """A key that the source leaves empty can be translated by saying nothing of it."""
    head = "title: A\nsubject: B\npreheader: C\n"

    assert parse(f"{head}date: 2024-11-20\n{name}:\n", head).gaps == ()


def test_kind_of_call_is_a_choice_and_no_word(parse: Parse, problems: Problems) -> None:
    """The kind of a call is chosen in the source; the kind of a publication is a word."""
    head = "title: A\nsubject: B\npreheader: C\n"
    item = "\n- title: One\n  kind: tender\n"
    words = f"{head}SECTION:\n- id: one\n  title: Un\n  kind: appel\n"

    publication = parse(
        f"{head}date: 2024-11-20\npublications:{item}", words.replace("SECTION", "publications")
    )
    (said,) = problems(f"{head}date: 2024-11-20\ncalls:{item}", words.replace("SECTION", "calls"))

    assert publication.gaps == ()
    assert said.startswith("issues/x.fr.yaml:7:3: `kind` is nothing that a translation can change")


def test_translation_is_hashed_beside_its_source(parse: Parse) -> None:
    """A translated manuscript names both files that it was made from."""
    assert [name for name, _ in parse(SOURCE, WORDS).inputs] == [
        "issues/x.yaml",
        "issues/x.fr.yaml",
    ]


def test_a_translation_silences_besides_its_source(parse: Parse) -> None:
    """What the source silences and what the translation silences both hold; the latter's reason."""
    old, item = "title: November\n", "    - id: one\n"
    assert old in SOURCE
    source = SOURCE.replace(old, f"{old}silence: {{subject-len: Long, no-items: Few}}\n")
    source = source.replace(item, f"{item}      silence: {{call-deadline: Open}}\n")
    words = "silence: {subject-len: En long}\n" + WORDS
    words = words.replace(item, f"{item}      silence: {{typography-spaces: Un nom}}\n")
    manuscript = parse(source, words)

    assert manuscript.issue.silence == {"subject-len": "En long", "no-items": "Few"}
    assert items(manuscript)[0].silence == {"call-deadline": "Open", "typography-spaces": "Un nom"}
    assert items(manuscript)[1].silence == {}
    assert manuscript.place_of(("silence", "subject-len")) == Place("issues/x.fr.yaml", 1, 24)
    assert manuscript.place_of(("silence", "no-items")).file == "issues/x.yaml"
    assert manuscript.gaps == ()


def test_silence_needs_no_translation(parse: Parse) -> None:
    """What only the source silences is silenced in each language, and is no gap."""
    manuscript = parse(f"silence: {{no-items: Few}}\n{SOURCE}", WORDS)

    assert manuscript.issue.silence == {"no-items": "Few"}
    assert manuscript.gaps == ()


def test_silence_of_another_shape_is_named(problems: Problems) -> None:
    """A list of codes has no reasons: it is refused where it stands."""
    said = problems(f"silence: {{no-items: Few}}\n{SOURCE}", f"silence: [no-items]\n{WORDS}")

    assert [line.split(": ")[0] for line in said] == ["issues/x.fr.yaml:1:10"]
