"""A newsletter with one issue in two languages, as small as `check` allows."""

import datetime

SLUG = "2030-09"
DAY = datetime.date(2030, 9, 2)
"""The day after it appeared, when its only call is open."""
NEWSLETTER = """
name: Monthly
organisation: Harbour Trust
sender: {name: Monthly, address: news@example.org}
languages: [en, fr]
list_id: monthly.example.org
public_url: https://news.example.org/
postal_address: |
  Harbour Trust
  Quay Street 5
  1000 Brussels
  Belgium
reason: You subscribed.
"""
ISSUE = """
title: Monthly, September 2030
subject: "Monthly: a harbour for everyone"
preheader: How one town made its ferry terminal accessible in a single summer
date: 2030-09-01
calls:
  - title: Grants for small harbours
    kind: proposals
    deadline: 2030-09-20 17:00
    apply: https://example.org/apply
"""
FRENCH = """
title: Mensuel, septembre 2030
subject: "Mensuel : un port pour tous"
preheader: Comment une ville a rendu son terminal accessible en un seul été
calls:
  - id: grants-for-small-harbours
    title: Subventions pour petits ports
"""
