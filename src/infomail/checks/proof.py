"""What a rule looks at: an edition, and the manuscript that names the places to mend."""

from __future__ import annotations

from dataclasses import dataclass

from infomail.model.edition import Edition
from infomail.model.manuscript import Manuscript
from infomail.model.newsletter import Newsletter


@dataclass(frozen=True, slots=True)
class Proof:
    """An edition as it came from compose, with where it came from."""

    edition: Edition
    manuscript: Manuscript
    newsletter: Newsletter
