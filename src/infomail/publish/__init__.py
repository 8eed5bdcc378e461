"""Publish: from frozen editions to a static site, whole or not at all."""

from infomail.publish.editions import Shelves
from infomail.publish.listing import Press
from infomail.publish.outputs import outputs
from infomail.publish.site import Output, Written, made_by, write_site

__all__ = ["Output", "Press", "Shelves", "Written", "made_by", "outputs", "write_site"]
