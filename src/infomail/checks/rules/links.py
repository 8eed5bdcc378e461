"""Does every link say where it leads? The words of links; their addresses are another matter."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from infomail.checks.parsed.document import Element
from infomail.checks.parsed.hyperlinks import (
    PROSE,
    Hyperlink,
    hyperlinks,
    normal,
    target,
    words_fault,
    written_at,
)
from infomail.checks.proof import Proof
from infomail.checks.rule import Fault, Rule, Source, rule
from infomail.checks.sources import wcag
from infomail.model.finding import Severity
from infomail.model.manuscript import Path

_LIGHTHOUSE = Source(
    "Lighthouse: links do not have descriptive text",
    "https://developer.chrome.com/docs/lighthouse/seo/link-text",
)


def _phrases(joined: str) -> frozenset[str]:
    return frozenset(joined.split("|"))


# Lighthouse's lists, and what newsletters in these languages say besides.
_GENERIC: Mapping[str, frozenset[str]] = {
    "ar": _phrases(
        "هنا|اضغط هنا|انقر هنا|اضغط|انقر|المزيد|للمزيد|اقرأ المزيد|اقرا المزيد|لقراءة المزيد|"
        "لمزيد من المعلومات|مزيد من المعلومات|اعرف المزيد|رابط|الرابط|هذا الرابط|من هنا"
    ),
    "de": _phrases(
        "hier|hier klicken|klicken sie hier|klicke hier|klick hier|mehr|mehr lesen|mehr erfahren|"
        "mehr infos|mehr informationen|weitere informationen|weiter|weiterlesen|link|dieser link|"
        "siehe|details"
    ),
    "en": _phrases(
        "click|click here|click this|click this link|here|right here|this|this link|this page|link|"
        "go|more|read|read more|read more here|see more|view more|learn more|"
        "more info|more information|info|information|details|more details|continue|"
        "continue reading"
    ),
    "es": _phrases(
        "aquí|aqui|haga clic aquí|haz clic aquí|clic aquí|click aquí|click aqui|pincha aquí|pulse "
        "aquí|más|mas|leer más|leer mas|ver más|saber más|más información|más info|enlace|"
        "este enlace|este|seguir leyendo"
    ),
    "fr": _phrases(
        "ici|cliquez ici|cliquer ici|clique ici|cliquez|plus|lire|lire plus|lire la suite|la suite|"
        "suite|en savoir plus|voir plus|plus d informations|plus d information|plus d infos|lien|"
        "ce lien|détails"
    ),
    "it": _phrases(
        "qui|clicca qui|cliccare qui|clicca|più|leggi|leggi di più|leggi tutto|scopri di più|"
        "per saperne di più|maggiori informazioni|più informazioni|continua|continua a leggere|"
        "link|questo link|dettagli"
    ),
    "pt": _phrases(
        "aqui|clique aqui|clique|mais|ler mais|leia mais|veja mais|ver mais|saber mais|saiba mais|"
        "mais informação|mais informações|link|este link|continue lendo|continuar a ler|ir"
    ),
    "ru": _phrases(
        "здесь|тут|сюда|нажмите здесь|нажмите сюда|жмите сюда|кликните здесь|подробнее|"
        "узнать больше|читать далее|читать дальше|читать|далее|дальше|ещё|еще|больше|ссылка|"
        "по ссылке|эта ссылка"
    ),
    "zh": _phrases(
        "这里|這裡|此处|此處|点击这里|點擊這裡|点击此处|點擊此處|请点击这里|点此|點此|更多|阅读更多|"
        "閱讀更多|了解更多|查看更多|更多信息|更多資訊|详情|詳情|链接|連結|阅读全文|閱讀全文"
    ),
}
_ANY_GENERIC = frozenset().union(*_GENERIC.values())
_BARE_URL = re.compile(r"(?:https?://|www\.)\S+|[a-z0-9-]+(?:\.[a-z0-9-]+)+/\S+", re.IGNORECASE)


@functools.lru_cache(maxsize=1)
def _by_staff(proof: Proof) -> tuple[tuple[Hyperlink, Path], ...]:
    """Give the links whose words and addresses staff wrote, with the part that each stands in."""
    by_staff = []
    for link in hyperlinks(proof.mail):
        path = link.element.path
        labelled = path[-1:] == ("more",) or path[-2:-1] in {("links",), ("social",)}
        if not link.is_inside and (labelled or (path[-1:] and path[-1] in PROSE)):
            found = written_at(proof, link)
            if found:
                by_staff.append((link, found))
    return tuple(by_staff)


@rule("link-name", Severity.ERROR, wcag("2.4.4", "Link Purpose (In Context)"))
def link_name(proof: Proof) -> Iterator[Fault]:
    """Every link has words, or a picture with an alt text.

    Screen readers spell out the address of a link without words, and nobody else sees that there
    is a link at all.
    """
    for link in hyperlinks(proof.mail):
        # What is amiss with a picture's alt text is another rule's.
        if not (link.words or any(inner.tag == "img" for inner in link.element.descendants)):
            message = f"the link to {link.href or 'nowhere'} has no words"
            yield words_fault(proof, link, message, "write what readers find there")


@rule("link-generic", Severity.WARNING, wcag("2.4.4", "Link Purpose (In Context)"), _LIGHTHOUSE)
def link_generic(proof: Proof) -> Iterator[Fault]:
    """A link's own words say where it leads.

    Many readers, and all who listen, jump from link to link: “here”, “read more” or a bare
    address tells them nothing. Case and punctuation do not matter; the words of nine languages
    are known (Arabic, Chinese, English, French, German, Italian, Portuguese, Russian, Spanish).
    """
    remedy = "name what readers find there, such as “The study on Dakar (PDF)”"
    faults = [
        words_fault(proof, link, f"the link “{link.words}” does not say where it leads", remedy)
        for link in hyperlinks(proof.mail)
        if _is_generic(link, proof) or _BARE_URL.fullmatch(link.words)
    ]
    yield from dict.fromkeys(faults)  # a template's are all at one place


def _is_generic(link: Hyperlink, proof: Proof) -> bool:
    words = normal(link.words)
    return words in _ANY_GENERIC and words in _GENERIC.get(_language(link.element, proof), ())


def _language(element: Element, proof: Proof) -> str:
    around = (each.attributes.get("lang") for each in (element, *element.ancestors))
    tag = next(filter(None, around), proof.edition.language)
    return tag.split("-", maxsplit=1)[0].lower()


@rule("link-dup-text", Severity.WARNING, wcag("2.4.4", "Link Purpose (In Context)"))
def link_dup_text(proof: Proof) -> Iterator[Fault]:
    """Links with the same words lead to the same place.

    In a list of links, which screen readers offer, “Read the article” twice is a riddle. Words
    that infomail itself writes (Apply, Register, the languages of a publication) do not count.
    """
    for links in _grouped(proof, lambda link: normal(link.words)):
        first = links[0][0]
        # Words that say nothing are link-generic's, however many there are.
        if not first.words or _is_generic(first, proof):
            continue
        led_to = {target(first.href)}
        for link, _ in links:
            if target(link.href) not in led_to:
                led_to.add(target(link.href))
                message = f"“{link.words}” stands for {first.href} before, and for {link.href} here"
                yield words_fault(proof, link, message, "say in each of them what it leads to")


@rule("link-dup-target", Severity.WARNING, wcag("2.4.4", "Link Purpose (In Context)"))
def link_dup_target(proof: Proof) -> Iterator[Fault]:
    """An item leads to a place only once, or always in the same words.

    Readers follow both links and find the same page twice. Within one item it is a warning; where
    the links of two items differ in words only, it is information.
    """
    for links in _grouped(proof, lambda link: target(link.href)):
        firsts: dict[Path, Hyperlink] = {}
        told: set[Path] = set()
        for link, path in links:
            part = _part(path)
            first = firsts.setdefault(part, link)
            if part not in told and normal(first.words) != normal(link.words):
                told.add(part)
                yield _repeated(proof, link, first, Severity.WARNING)
        listed = [(link, _part(path)) for link, path in links if path[-3:-2] == ("links",)]
        for link, part in listed:
            first = listed[0][0]
            if part not in told and normal(first.words) != normal(link.words):
                told.add(part)
                yield _repeated(proof, link, first, Severity.INFO)


def _repeated(proof: Proof, link: Hyperlink, other: Hyperlink, severity: Severity) -> Fault:
    message = f"“{link.words}” and “{other.words}” lead to the same place: {link.href}"
    fault = words_fault(proof, link, message, "leave one link, or use the same words for both")
    return Fault(fault.message, fault.remedy, fault.path, fault.needle, severity)


def _grouped(
    proof: Proof, key: Callable[[Hyperlink], str]
) -> Iterable[list[tuple[Hyperlink, Path]]]:
    groups: dict[str, list[tuple[Hyperlink, Path]]] = {}
    for link, path in _by_staff(proof):
        groups.setdefault(key(link), []).append((link, path))
    return [links for links in groups.values() if len(links) > 1]


def _part(path: Path) -> Path:
    return path[:3] if path[1:2] == ("items",) else path[:1]


RULES: tuple[Rule, ...] = (link_name, link_generic, link_dup_text, link_dup_target)
