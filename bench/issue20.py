"""The newsletter that the benchmarks compose: 20 items in English and Arabic, new for each seed.

Three spotlight items, seven news, four publications, three calls and three events; about 45 words
each, every second one with two bullets; pictures on the first fourteen, captions on three; links
in all texts and below ten; a button on each call and event. The same seed always gives the same
texts, and two seeds share no paragraph, so no cache of texts can help whoever composes them.

    python bench/issue20.py DIR [ISSUES [SEED]]     write such a newsletter folder to look at
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from PIL import Image, ImageDraw

SECTIONS = {"spotlight": 3, "news": 7, "publications": 4, "calls": 3, "events": 3}
ARABIC = "ar"
_ILLUSTRATED = {"spotlight", "news", "publications"}
_ITEM_COUNT = sum(SECTIONS.values())
_PICTURE_COUNT = sum(count for name, count in SECTIONS.items() if name in _ILLUSTRATED)
_PICTURE_SIZE_PX = (1600, 1000)
_SMALL_PICTURE_SIZE_PX = (800, 500)
_WORDS_IN_A_TEXT = 45
_WORDS_IN_A_BULLET = 8
_WORDS_WITH_BULLETS = _WORDS_IN_A_TEXT - 2 * _WORDS_IN_A_BULLET

_ENGLISH_WORDS = """
    about access across after agency along among answers authorities based because before began
    between border border-crossing both bring build capacity centre children cities coast common
    communities conference could countries course data days debate decisions delegates dialogue
    discussed during each early employers families field first five found from government
    guidance health help host into islands joint journey knowledge labour language large law
    learn legal less lessons local long meeting member methods migration ministries mobility more
    national neighbours network new offices often open other partners pathways people plan
    policy practice priorities process programme project protection public questions readers
    reception region report research return route rules safe schools sector several shared since
    skills small staff states still study support survey teachers their through together towns
    training travel under until victims visas visit ways were where which while with women work
    workshop years young
""".split()  # noqa: SIM905  # a list of them would be two hundred lines

_ARABIC_WORDS = """
    الهجرة العمل الدول الشركاء المشروع التعاون الحماية المدن الأسر الأطفال النساء الشباب التعليم
    الصحة القانون السياسة الحدود الطريق الرحلة المهارات التدريب البحث الدراسة التقرير الاجتماع
    المؤتمر الحوار الأولويات المنطقة الساحل الجزر المجتمعات السلطات الوزارات المكاتب اللغة
    المعرفة البيانات الأسئلة الإجابات القرارات الخطة البرنامج الشبكة الجيران الدعم المساعدة
    بين عند بعد قبل خلال منذ حتى أيضًا معًا كذلك حول داخل عبر نحو على في من إلى مع كل بعض
    جديدة مشتركة وطنية محلية آمنة قانونية كبيرة صغيرة أولى عامة مفتوحة
""".split()  # noqa: SIM905  # a list of them would be two hundred lines

_COUNTRIES = ("NG", "CV", "SN", "GE", "JO", "LB", "MA", "TN", "IE", "PT", "AT", "BE")
_COLOURS = ("#17406d", "#b3471b", "#4a7c59", "#d9a441", "#6b4e71", "#2a9d8f", "#e9c46a", "#264653")

_ARABIC_FACTS = {
    "publications": {"kind": "دراسة"},
    "calls": {"location": "بروكسل"},
    "events": {"place": "فيينا"},
}

_NEWSLETTER: dict[str, Any] = {
    "name": {"en": "Bench Update", "ar": "النشرة التجريبية"},
    "organisation": {"en": "Centre for Measured Policy", "ar": "مركز السياسات المقيسة"},
    "sender": {"name": "Bench Update", "address": "update@infomail.example"},
    "languages": ["en", "ar"],
    "time_zone": "Europe/Brussels",
    "list_id": "bench.infomail.example",
    "public_url": "https://infomail.example/bench/",
    "postal_address": {"en": "Rue de l’Exemple 1\n1000 Brussels\nBelgium", "ar": "شارع المثال 1"},
    "reason": {"en": "You receive this mail because you subscribed.", "ar": "تصلك لأنك مشترك."},
    "brand": {
        "colour": "#17406d",
        "accent": "#b3471b",
        "social": [{"label": "LinkedIn", "url": "https://linkedin.example/company/bench"}],
    },
    "transport": "folder",
}


@dataclass(frozen=True, slots=True)
class IssueTexts:
    """An issue and its translation, as YAML.

    Attributes:
        slug: the issue's name.
        english: text of issues/SLUG.yaml.
        arabic: text of issues/SLUG.ar.yaml.
    """

    slug: str
    english: str
    arabic: str


def issue_texts(seed: int, pictures: tuple[str, ...]) -> IssueTexts:
    """Write the issue of `seed`.

    Args:
        seed: any number; another one gives other texts.
        pictures: paths below issues/; used in turn.
    """
    source, words = _Writer(seed, pictures).issue()
    return IssueTexts(f"bench-{seed}", _yaml(source), _yaml(words))


def write_newsletter(folder: Path) -> tuple[str, ...]:
    """Make a newsletter folder without issues, with pictures drawn for one issue.

    Returns:
        The pictures' paths below issues/.
    """
    (folder / "issues" / "assets").mkdir(parents=True)
    (folder / "newsletter.yaml").write_text(_yaml(_NEWSLETTER), encoding="utf-8")
    return draw_pictures(folder, "bench", _PICTURE_COUNT, _PICTURE_SIZE_PX)


def write_issue(folder: Path, texts: IssueTexts) -> None:
    """Write an issue and its translation into a newsletter folder."""
    issues = folder / "issues"
    (issues / f"{texts.slug}.yaml").write_text(texts.english, encoding="utf-8")
    (issues / f"{texts.slug}.{ARABIC}.yaml").write_text(texts.arabic, encoding="utf-8")


def write_issues(folder: Path, count: int, first_seed: int = 1) -> Iterator[str]:
    """Write `count` issues in two languages, each with four small pictures of its own.

    Yields:
        The slug of each issue once it is written.
    """
    for seed in range(first_seed, first_seed + count):
        pictures = draw_pictures(folder, f"bench-{seed}", 4, _SMALL_PICTURE_SIZE_PX)
        texts = issue_texts(seed, pictures)
        write_issue(folder, texts)
        yield texts.slug


def draw_pictures(folder: Path, name: str, count: int, size_px: tuple[int, int]) -> tuple[str, ...]:
    """Draw JPEG files into issues/assets; the same name gives the same bytes."""
    paths = tuple(f"assets/{name}-{index}.jpg" for index in range(count))
    for path in paths:
        _picture(random.Random(path), size_px).save(folder / "issues" / path, quality=90)  # noqa: S311  # not for secrets
    return paths


def _picture(dice: random.Random, size_px: tuple[int, int]) -> Image.Image:
    width_px, height_px = size_px
    picture = Image.new("RGB", size_px, dice.choice(_COLOURS))
    pen = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y = dice.randrange(width_px), dice.randrange(height_px)
        radius = dice.randrange(20, height_px // 3)
        box = (x - radius, y - radius, x + radius, y + radius)
        pen.ellipse(box, fill=dice.choice(_COLOURS), outline="#ffffff", width=3)
    return picture


@dataclass(slots=True)
class _Writer:
    """Writes one issue in two languages from one seed."""

    seed: int
    pictures: tuple[str, ...]
    number: int = 0
    english: random.Random = field(init=False)
    arabic: random.Random = field(init=False)

    def __post_init__(self) -> None:
        # Two sources of chance, so that a change in one language leaves the other as it was.
        self.english = random.Random(f"en {self.seed}")  # noqa: S311  # not for secrets
        self.arabic = random.Random(f"ar {self.seed}")  # noqa: S311

    def issue(self) -> tuple[dict[str, Any], dict[str, Any]]:
        source: dict[str, Any] = {
            "title": f"Bench Update {self.seed}",
            "subject": f"Bench Update {self.seed}: {self._line_en(5)}",
            "preheader": self._line_en(12),
            "date": "2024-11-20",
            "letter": {"greeting": "Dear {name},", "text": self._prose_en(bullets=False)},
        }
        words: dict[str, Any] = {
            "title": f"النشرة {self.seed}",
            "subject": f"النشرة {self.seed}: {self._line_ar(5)}",
            "preheader": self._line_ar(12),
            "letter": {"greeting": "تحية إلى {name}،", "text": self._prose_ar(bullets=False)},
        }
        for name, count in SECTIONS.items():
            pairs = [self._item(name) for _ in range(count)]
            source[name] = {"items": [item for item, _ in pairs]}
            words[name] = {"items": [translated for _, translated in pairs]}
        source["spotlight"]["theme"] = self._line_en(6)
        words["spotlight"]["theme"] = self._line_ar(6)
        return source, words

    def _item(self, section: str) -> tuple[dict[str, Any], dict[str, Any]]:
        self.number += 1
        bullets = self.number % 2 == 0
        item: dict[str, Any] = {
            "id": f"item-{self.number}",
            "kicker": self._line_en(2),
            "title": f"{self._line_en(7)} {self.seed}.{self.number}",
            "text": self._prose_en(bullets=bullets),
            "countries": self.english.sample(_COUNTRIES, 2),
        }
        words: dict[str, Any] = {
            "id": item["id"],
            "kicker": self._line_ar(2),
            "title": f"{self._line_ar(7)} ICMPD {self.seed}.{self.number}",
            "text": self._prose_ar(bullets=bullets),
        }
        if section in _ILLUSTRATED:
            self._illustrate(item, words, captioned=section == "spotlight")
        item |= self._facts(section)
        if section in {"spotlight", "news"}:
            item["links"] = [{"Find out more": self._url("more")}]
            words["links"] = ["اقرأ المزيد"]
        return item, words | _ARABIC_FACTS.get(section, {})

    def _illustrate(self, item: dict[str, Any], words: dict[str, Any], *, captioned: bool) -> None:
        src = self.pictures[(self.number - 1) % len(self.pictures)]
        item["image"] = {"src": src, "alt": self._line_en(8)}
        words["image"] = {"alt": self._line_ar(8)}
        if captioned:
            item["image"]["caption"] = self._line_en(6)
            words["image"]["caption"] = self._line_ar(6)

    def _facts(self, section: str) -> dict[str, Any]:
        day = 1 + self.number
        match section:
            case "publications":
                versions = {tag: self._url(f"study-{tag}.pdf") for tag in ("en", "fr", "ar")}
                authors = ["A. Diallo", "B. Novak"]
                return {"kind": "Study", "authors": authors, "languages": versions}
            case "calls":
                deadline = f"2024-12-{day:02d} 23:59"
                apply = self._url("apply")
                return {
                    "kind": "tender", "deadline": deadline, "location": "Brussels", "apply": apply,
                }  # fmt: skip
            case "events":
                days = {"start": f"2025-01-{day:02d}", "end": f"2025-01-{day + 1:02d}"}
                return {**days, "place": "Vienna", "registration": self._url("register")}
            case _:
                return {"date": f"2024-11-{day:02d}"}

    def _url(self, tail: str) -> str:
        return f"https://www.example.org/{self.seed}/item-{self.number}/{tail}"

    def _line_en(self, count: int) -> str:
        return " ".join(self.english.choices(_ENGLISH_WORDS, k=count)).capitalize()

    def _line_ar(self, count: int) -> str:
        return " ".join(self.arabic.choices(_ARABIC_WORDS, k=count))

    def _prose_en(self, *, bullets: bool) -> str:
        count = _WORDS_WITH_BULLETS if bullets else _WORDS_IN_A_TEXT
        link = f"[{self._line_en(2).lower()}]({self._url('background')})"
        half = count // 2
        text = f"{self._line_en(half)}, *{self._line_en(2).lower()}* {link}. "
        text += f"{self._line_en(count - half - 4)}."
        if not bullets:
            return f"{text}\n"
        return f"{text}\n\n- {self._line_en(8)}\n- **{self._line_en(2)}** {self._line_en(6)}\n"

    def _prose_ar(self, *, bullets: bool) -> str:
        count = _WORDS_WITH_BULLETS if bullets else _WORDS_IN_A_TEXT
        link = f"[{self._line_ar(2)}]({self._url('background')})"
        half = count // 2
        text = f"{self._line_ar(half)}، *{self._line_ar(2)}* {link}. "
        text += f"{self._line_ar(count - half - 4)} EU."
        if not bullets:
            return f"{text}\n"
        return f"{text}\n\n- {self._line_ar(8)}\n- **{self._line_ar(2)}** {self._line_ar(6)}\n"


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as people do, after a bar."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def _yaml(data: dict[str, Any]) -> str:
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


def _main() -> None:
    parser = argparse.ArgumentParser(description="Write the benchmarks' newsletter folder.")
    parser.add_argument("folder", type=Path, help="a new folder")
    parser.add_argument("issues", type=int, nargs="?", default=1)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    arguments = parser.parse_args()
    pictures = write_newsletter(arguments.folder)
    for seed in range(arguments.seed, arguments.seed + arguments.issues):
        texts = issue_texts(seed, pictures)
        write_issue(arguments.folder, texts)
        print(texts.slug)


if __name__ == "__main__":
    _main()
