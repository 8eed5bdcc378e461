"""Findings on paper: for people, for programs and for code hosts.

Only formats what it is given; reading the lines for a snippet is the caller's callable.
"""

from infomail.report.people import LinesOf, as_text, summary
from infomail.report.programs import as_github, as_json
from infomail.report.rules import explained
from infomail.report.sarif import as_sarif

__all__ = ["LinesOf", "as_github", "as_json", "as_sarif", "as_text", "explained", "summary"]
