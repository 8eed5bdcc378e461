"""The newsletter opened: its folder read once, and the modules tied together.

Nothing here decides anything; it only hands the values of one module to the next.
"""

from infomail.wiring.desk import Desk

__all__ = ["Desk"]
