"""Does the plain text part say what the mail says?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from infomail.checks.parsed.hyperlinks import Hyperlink, address_fault, hyperlinks, value_at
from infomail.checks.parsed.visible import squeezed, visible_word_set, visible_words, whole_lines
from infomail.checks.proof import Proof
from infomail.checks.rule import TEXT_TEMPLATE, Fault, Rule, Source, and_more, rule
from infomail.checks.sources import rfc
from infomail.compose.text import cells
from infomail.model.finding import Severity
from infomail.model.manuscript import Path

_MAX_CELLS = 78
"""RFC 3676 section 4.2, the space that ends a flowed line included."""
_LEAST_SHARE = 0.9
_SPAMASSASSIN = Source(
    "SpamAssassin: MPART_ALT_DIFF", "https://spamassassin.apache.org/full/4.0.x/doc/"
)
# A word, or one character of a script that sets no spaces.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
    "\U0001f000-\U0003ffff]"
)
_CLINGING = "_*.,:;!?()[]…«»“”\"'،؛؟"
_ADDRESS = re.compile(r"(?:\S{1,8} )?\S*(?:://|mailto:|\[\[infomail:)\S* ?")
_LEAKS = re.compile(
    r"</?[a-z][a-z0-9-]*(?:\s[^<>]*)?/?>|<!--|&(?:[a-z]{2,8}|#[0-9]{2,6}|#x[0-9a-f]{2,5});|\| +\||"
    r"(?<![\w-])[.#]?[a-z][\w-]*\s*\{[^{}]*:[^{}]*\}|"
    r"(?<![\w-])(?:font-(?:size|family)|line-height|color|padding|margin)\s*:\s*[^;\n]{1,40};",
    re.IGNORECASE,
)
_LEAK_SIGN = re.compile("[<&|{;]")


@rule("text-present", Severity.ERROR, rfc(2046, "5.1.4"))
def text_present(proof: Proof) -> Iterator[Fault]:
    """The mail has a plain text part.

    Watches, readers of braille and people who switch pictures and colours off read it; filters
    take a mail without one for spam.
    """
    if not proof.edition.text.strip():
        yield Fault("the text part is empty", "let the template print the issue", TEXT_TEMPLATE)


@rule("text-parity", Severity.WARNING, rfc(2046, "5.1.4"), _SPAMASSASSIN)
def text_parity(proof: Proof) -> Iterator[Fault]:
    """The plain text part says what the mail says: its words, all its links, in its order.

    Nine of ten words of the mail must stand in the text part, the address of every link, and the
    titles of all items in the order of the issue. Readers of the text would miss something, and
    filters compare the two parts.
    """
    text = whole_lines(proof.edition.text)
    if not text.strip():
        return
    there = set(text.split())
    yield from _words_missing(proof, text, there)
    yield from _targets_missing(proof, text, there)
    yield from _titles_astray(proof, text)


def _words_missing(proof: Proof, text: str, there: set[str]) -> Iterator[Fault]:
    words_shown = visible_word_set(proof)
    few = (1 - _LEAST_SHARE) * len(words_shown)
    missing = words_shown - there
    if len(missing) > few:  # marks of emphasis and punctuation cling to words
        bare = {word.strip(_CLINGING) for word in there}
        missing = {word for word in missing if word.strip(_CLINGING) not in bare}
    if len(missing) <= few:
        return
    # Languages without spaces, and a clear answer with a figure, take longer.
    words = _WORD.findall(visible_words(proof, proof.mail.all("body")))
    bare = set(_WORD.findall(text))
    found = sum(word in bare for word in words)
    if found < _LEAST_SHARE * len(words):
        share = 100 * found // len(words)
        message = f"only {share} % of the mail's words stand in the text part"
        yield Fault(message, "print in it what the mail prints", TEXT_TEMPLATE)


def _targets_missing(proof: Proof, text: str, there: set[str]) -> Iterator[Fault]:
    missing: dict[str, Hyperlink] = {}
    for link in hyperlinks(proof.mail):
        if link.href and not link.is_inside and link.href not in there and link.href not in text:
            missing.setdefault(link.href, link)
    if missing:
        first = next(iter(missing.values()))
        message = f"the text part lacks the link to {first.href}" + and_more(missing)
        fault = address_fault(proof, first, message, "print every address in the text part")
        yield fault


def _titles_astray(proof: Proof, text: str) -> Iterator[Fault]:
    """Say which titles are missing, and whether one comes too early."""
    titles = [((*path, "title"), item.title) for path, item in proof.items]
    if not _out_of_order(titles, text):
        return
    plain = squeezed(text)
    titles = [(path, squeezed(title)) for path, title in titles]
    missing = [path for path, title in titles if title not in plain]
    if missing:
        title = value_at(proof, missing[0])
        message = f"the text part lacks the item “{title}”" + and_more(missing)
        yield Fault(message, "print every item in the text part", missing[0])
        return
    out = _out_of_order(titles, plain)
    if out:
        message = f"in the text part, “{value_at(proof, out)}” stands in another order"
        yield Fault(message, "print the items in the order of the issue", out)


def _out_of_order(titles: list[tuple[Path, str]], plain: str) -> Path:
    """Give the first title that does not come after those before it; empty if all do."""
    late = _late(titles, plain, 0)
    if late or not all(plain.count(title) > 1 for _, title in titles):
        return late
    # Where all stand in a list of contents as well, the items themselves come after it.
    return _late(titles, plain, max(plain.find(title) for _, title in titles)) if titles else ()


def _late(titles: list[tuple[Path, str]], plain: str, at: int) -> Path:
    for path, title in titles:
        at = plain.find(title, at)
        if at < 0:
            return path
    return ()


@rule("text-width", Severity.WARNING, rfc(3676, "4.2"))
def text_width(proof: Proof) -> Iterator[Fault]:
    """No line of the plain text part is wider than 78 columns.

    Wider lines break in the middle of a word on a terminal, or must be scrolled. A line that is
    nothing but an address may be wider, because an address must not be broken.
    """
    text = proof.edition.text
    narrow_characters = _MAX_CELLS // 2 if _WIDE.search(text) else _MAX_CELLS
    wide = [
        (number, line)
        for number, line in enumerate(text.splitlines(), 1)
        if len(line) > narrow_characters
        and cells(line) > _MAX_CELLS
        and not _ADDRESS.fullmatch(line.strip())
    ]
    if wide:
        number, line = wide[0]
        message = f"line {number} of the text part takes {cells(line)} columns: “{line[:40]}…”"
        remedy = f"break lines at {_MAX_CELLS} columns"
        yield Fault(message + and_more(wide), remedy, TEXT_TEMPLATE)


@rule("text-html-leak", Severity.ERROR, rfc(2046, "5.1.4"))
def text_html_leak(proof: Proof) -> Iterator[Fault]:
    """The plain text part holds no tags, no entities, no bars of tables and no CSS.

    People who read it would see them as they are. What staff typed themselves is a warning here,
    since `markup-left` names it as well.
    """
    text = proof.edition.text
    leaks = list(dict.fromkeys(found[0] for found in _leaks(text)))
    if leaks:
        path = _writer(proof, leaks[0])
        message = f"the text part shows “{leaks[0][:60]}”" + and_more(leaks)
        remedy = "write it as plain words" if path else "print plain words in the template"
        severity = Severity.WARNING if path else None
        yield Fault(message, remedy, path or TEXT_TEMPLATE, leaks[0], severity)


def _leaks(text: str) -> Iterator[re.Match[str]]:
    for line in text.splitlines():
        if _LEAK_SIGN.search(line):
            for found in _LEAKS.finditer(line):
                before, _, _ = line[found.start() :: -1].partition(" ")
                if "//:" not in before:  # inside an address, & and ; are its own
                    yield found


def _writer(proof: Proof, words: str) -> Path:
    """Give the part of the issue that holds words; empty if it is the template."""
    for element in proof.mail.with_text:
        if words in element.own_words:
            value = value_at(proof, element.path)
            return element.path if isinstance(value, str) and words in value else ()
    return ()


RULES: tuple[Rule, ...] = (
    text_present,
    text_parity,
    text_width,
    text_html_leak,
)
