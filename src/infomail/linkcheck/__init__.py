"""Linkcheck: asks the network, politely and safely, whether the links of an issue work.

    urls -> check (memory) -> crew -> ask -> guard -> exchange -> verdicts

It is the only part of a check that opens a socket, and runs only where a person wants it.
"""

from __future__ import annotations

from infomail.linkcheck.check import Progress, check_links
from infomail.linkcheck.exchange import Network
from infomail.linkcheck.verdicts import Verdict

__all__ = ["Network", "Progress", "Verdict", "check_links"]
