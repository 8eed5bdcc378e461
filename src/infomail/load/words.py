"""The fixed words of a mail in each language, from the gettext catalogues in `locale/`."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from importlib import resources

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations


def load_words(language: str) -> NullTranslations:
    """Give the catalogue of `language`, or of its base language (pt for pt-BR).

    A language without a catalogue gets the English words, which are the catalogues' keys.
    """
    tag, source = _catalogue(language)
    if not source:
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source), locale=tag.replace("-", "_")))
    compiled.seek(0)
    return Translations(compiled)


def words_digest(languages: Iterable[str]) -> str:
    """Hash the catalogues of languages, so that a change of words can be noticed."""
    return hashlib.sha256(b"".join(_catalogue(each)[1] for each in languages)).hexdigest()


def _catalogue(language: str) -> tuple[str, bytes]:
    """Read the catalogue of a language or of its base language; empty if there is none."""
    catalogues = resources.files("infomail") / "locale"
    for tag in (language, language.split("-", maxsplit=1)[0]):
        file = catalogues / f"{tag}.po"
        if file.is_file():
            return tag, file.read_bytes()
    return language, b""
