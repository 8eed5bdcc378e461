"""A small newsletter without pictures, quick to compose."""

from __future__ import annotations

from pathlib import Path

NEWSLETTER = """\
name: Monthly
organisation: Port Authority
sender: {name: Port, address: port@news.example.org}
languages: [en, fr]
list_id: monthly.news.example.org
public_url: https://news.example.org/monthly/
postal_address: Rue du Port 5
reason: You subscribed.
time_zone: Europe/Brussels
"""


def write_issue(folder: Path, slug: str, **keys: object) -> None:
    """Write an issue with one item of news; further keys are YAML."""
    said = {
        "title": f"Issue {slug}",
        "subject": "What happened in the port this month",
        "preheader": "Ships, cranes and a new quay, and where to meet the harbour master",
        "date": "2024-11-20",
        "news": "{items: [{id: a, title: A new quay, text: It is long.}]}",
        **keys,
    }
    written = {key: "true" if value is True else value for key, value in said.items()}
    lines = [f"{key}: {value}\n" for key, value in written.items()]
    (folder / "issues" / f"{slug}.yaml").write_text("".join(lines), "utf-8")
