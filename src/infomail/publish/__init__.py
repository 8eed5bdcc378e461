"""Publish: from frozen editions to a static site, whole or not at all."""

from infomail.publish.site import Output, Written, write_site

__all__ = ["Output", "Written", "write_site"]
