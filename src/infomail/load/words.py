"""The fixed words of a mail in each language, from the gettext catalogues in `locale/`."""

from __future__ import annotations

import io
from importlib import resources

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations


def load_words(language: str) -> NullTranslations:
    """Give the catalogue of `language`, or of its base language (pt for pt-BR).

    A language without a catalogue gets the English words, which are the catalogues' keys.
    """
    catalogues = resources.files("infomail") / "locale"
    for tag in (language, language.split("-", maxsplit=1)[0]):
        file = catalogues / f"{tag}.po"
        if file.is_file():
            compiled = io.BytesIO()
            write_mo(compiled, read_po(io.BytesIO(file.read_bytes()), locale=tag.replace("-", "_")))
            compiled.seek(0)
            return Translations(compiled)
    return NullTranslations()
