"""edition.json: what a staged edition is, and the digest of each of its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import infomail
from infomail.model.edition import SLOTS, Edition
from infomail.model.entry import kept

EDITION_FILE = "edition.json"
ASSETS_FOLDER = "assets"
FROZEN_FOLDER = ".frozen"
SITE_FOLDER = "site"
"""Where the archive lies in the outbox, unless another place is named."""
_FORMAT = 1


def record(edition: Edition, files: Mapping[str, bytes], error_count: int = 0) -> bytes:
    """Describe an edition and its files as JSON, the same bytes each time.

    Args:
        edition: the edition.
        files: its files, by their names.
        error_count: how many errors it has.
    """
    described = {
        "format": _FORMAT,
        "generator": f"infomail {infomail.__version__}",
        "slug": edition.slug,
        "language": edition.language,
        "direction": edition.direction,
        "title": edition.title,
        "subject": edition.subject,
        "preheader": edition.preheader,
        "date": edition.date.isoformat(),
        "url": edition.url,
        "digest": edition.digest,
        "errors": error_count,
        "name_fallback": edition.name_fallback,
        "masthead": dict(edition.masthead),
        "assets": [asset.name for asset in edition.assets],
        "slots": list(SLOTS),
        "files": {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}
            for name, data in sorted(files.items())
        },
        "inputs": dict(edition.inputs),
        "items": [kept(entry) for entry in edition.entries],
    }
    return (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()
