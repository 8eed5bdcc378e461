"""Publish: from frozen editions to a static site, whole or not at all."""

from infomail.publish.draft import Bundle, Output
from infomail.publish.editions import Shelves
from infomail.publish.leaving import folders, left
from infomail.publish.outputs import outputs
from infomail.publish.paths import is_reserved
from infomail.publish.press import Press
from infomail.publish.search import can_search, indexed_by
from infomail.publish.site import Written, made_by, write_site
from infomail.publish.views import VIEWS

__all__ = [
    "VIEWS",
    "Bundle",
    "Output",
    "Press",
    "Shelves",
    "Written",
    "can_search",
    "folders",
    "indexed_by",
    "is_reserved",
    "left",
    "made_by",
    "outputs",
    "write_site",
]
