"""The press prints pages of the site; one that would come out the same is not printed again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from infomail.compose import Language, Theme
from infomail.model.archive import Archive
from infomail.publish import paths, shelf
from infomail.publish.clerk import Clerk
from infomail.publish.draft import Output
from infomail.publish.shelf import Items, Piece
from infomail.publish.views import SiteView


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the site.

    Attributes:
        template: that prints it.
        path: below the site.
        title: of the page; empty for the home page.
        description: for search engines.
        tails: where the same page is in each language.
        seen: all else that it shows, as values whose `repr` differs if what is shown differs.
    """

    template: str
    path: str
    title: str
    description: str
    tails: Mapping[str, str]
    seen: object = ()


@dataclass(frozen=True, slots=True)
class Press:
    """Prints pages.

    Attributes:
        archive: all that is published.
        theme: the templates.
        language: gives a language with its words.
        looks: gives palettes and fonts.
        stamp: hash of templates, words and newsletter; if empty, pages are always printed anew.
        has_search: whether there are search pages, in languages with items.
    """

    archive: Archive
    theme: Theme
    language: Callable[[str], Language]
    looks: Callable[[Language], Mapping[str, object]]
    stamp: str = ""
    has_search: bool = False
    _items: dict[str, Items] = field(default_factory=dict, init=False, repr=False)

    def items(self, tag: str) -> Items:
        """Give all items in a language."""
        if tag not in self._items:
            self._items[tag] = Items(shelf.pieces(self.archive, tag))
        return self._items[tag]

    def clerk(self, tag: str) -> Clerk:
        """Give who puts things into rows, for a language."""
        return Clerk(self.archive, self.language(tag), self.can_search(tag))

    def can_search(self, tag: str) -> bool:
        """Tell whether a language has a search page; where nothing can be found it has none."""
        return self.has_search and tag in self.archive.told

    def page(self, page: Page, clerk: Clerk, values: Callable[[], Mapping[str, object]]) -> Output:
        """Give a page as a file of the site; `values`, for its template, only if it is printed."""

        def make() -> bytes:
            view = clerk.frame(page.path, page.title, page.description, page.tails)
            return self._printed(page.template, view, clerk.language, values())

        parts = (self.stamp, clerk.has_search, clerk.language.tag, page)
        key = hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()
        return Output(paths.file_of(page.path), key if self.stamp else "", make)

    def output(self, template: str, view: SiteView, language: Language, **values: object) -> Output:
        """Give a page as a file of the site; it is printed each time."""
        return Output(
            paths.file_of(view.path), "", lambda: self._printed(template, view, language, values)
        )

    def _printed(
        self, template: str, view: SiteView, language: Language, values: Mapping[str, object]
    ) -> bytes:
        looks = self.looks(language)
        return self.theme.render(template, language, view=view, **values, **looks).encode()


def seen_of(found: Iterable[Piece]) -> str:
    """Hash what a list of items shows."""
    marks = "\n".join([each.mark for each in found])
    return hashlib.sha256(marks.encode("utf-8", "surrogatepass")).hexdigest()
