"""The outbox: the folder of staged editions, each whole or not there at all.

`outbox/<slug>/<language>/` holds message.html, message.txt, page.html, message.eml, edition.json
and assets/; `outbox/.frozen/` keeps what was sent or published. What is read back is proven to be
what was staged, byte for byte.
"""

from infomail.outbox.catalogue import Catalogue
from infomail.outbox.digests import Digests
from infomail.outbox.frozen import FROZEN_FOLDER, first_made_of, freeze, frozen, last_frozen
from infomail.outbox.reading import (
    read_edition,
    read_staged,
    staged_digest,
)
from infomail.outbox.record import EDITION_FILE, SITE_FOLDER
from infomail.outbox.staging import Staged, stage

__all__ = [
    "EDITION_FILE",
    "FROZEN_FOLDER",
    "SITE_FOLDER",
    "Catalogue",
    "Digests",
    "Staged",
    "first_made_of",
    "freeze",
    "frozen",
    "last_frozen",
    "read_edition",
    "read_staged",
    "stage",
    "staged_digest",
]
