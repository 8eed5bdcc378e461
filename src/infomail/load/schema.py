"""JSON Schema of issues and of newsletter.yaml, for editors and other tools (draft 2020-12)."""

from __future__ import annotations

from typing import Any

from infomail.model.issue import Issue
from infomail.model.newsletter import Newsletter

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def issue_schema() -> dict[str, Any]:
    """Give the schema of an issue file, as plain JSON data."""
    return {"$schema": DIALECT, "$id": "urn:infomail:issue", **Issue.model_json_schema()}


def newsletter_schema() -> dict[str, Any]:
    """Give the schema of newsletter.yaml, as plain JSON data."""
    return {"$schema": DIALECT, "$id": "urn:infomail:newsletter", **Newsletter.model_json_schema()}
