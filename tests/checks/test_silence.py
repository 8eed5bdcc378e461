"""What staff silence is still shown, with their reason, and only what may be silenced is."""

from __future__ import annotations
