"""Load: from the files of a newsletter folder to frozen, validated values.

Every problem of a file is found in one run and named with file:line:column and a remedy, in one
IssueError. `manuscript` and `newsletter` work on text in memory; only `folder` touches files, and
it never reads one outside the newsletter folder.
"""

from infomail.load.folder import (
    ISSUES_FOLDER,
    NEWSLETTER_FILE,
    TEMPLATES_FOLDER,
    chosen_slugs,
    issue_files,
    issue_slugs,
    load_manuscript,
    load_newsletter,
    load_newsletter_places,
    load_theme,
    manuscript_languages,
    read_picture,
    stray_files,
)
from infomail.load.schema import issue_schema, newsletter_schema, translation_schema
from infomail.load.text import SourceText, parse_manuscript, parse_newsletter
from infomail.load.words import load_words, words_digest

__all__ = [
    "ISSUES_FOLDER",
    "NEWSLETTER_FILE",
    "TEMPLATES_FOLDER",
    "SourceText",
    "chosen_slugs",
    "issue_files",
    "issue_schema",
    "issue_slugs",
    "load_manuscript",
    "load_newsletter",
    "load_newsletter_places",
    "load_theme",
    "load_words",
    "manuscript_languages",
    "newsletter_schema",
    "parse_manuscript",
    "parse_newsletter",
    "read_picture",
    "stray_files",
    "translation_schema",
    "words_digest",
]
