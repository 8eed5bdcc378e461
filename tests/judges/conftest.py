"""What the judges judge: every edition of the repository's own issues, built afresh.

A judge is a program that others wrote and that knows nothing of infomail. One that this machine
lacks is skipped by name, with the line that installs it.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from infomail.compose import Ingredients, compose_notice
from infomail.model.edition import NAME_SLOT, PREFERENCES_SLOT, UNSUBSCRIBE_SLOT
from infomail.model.manuscript import Manuscript
from infomail.model.notice import Notice, NoticeKind
from infomail.outbox import Staged
from infomail.wiring import Desk
from infomail.wiring.proofs import build_issue

REPOSITORY = Path(__file__).parents[2]
STEMS = sorted(path.stem for path in (REPOSITORY / "issues").glob("*.yaml"))
SUBSCRIBER = {
    NAME_SLOT: "Ana Example",
    UNSUBSCRIBE_SLOT: "https://infomail.example/monthly/leave/4f1c",
    PREFERENCES_SLOT: "https://infomail.example/monthly/choose/4f1c",
}
LANGUAGES = ("en", "fr", "es", "de", "ru", "ar")
NOTICES = [(kind, tag) for kind in NoticeKind for tag in LANGUAGES]
TIMEOUT_SECONDS = 300


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A copy of the repository's newsletter, its issues staged in an outbox of its own."""
    folder = tmp_path_factory.mktemp("judges") / "newsletter"
    folder.mkdir()
    shutil.copy(REPOSITORY / "newsletter.yaml", folder)
    for name in ("issues", "templates"):
        shutil.copytree(REPOSITORY / name, folder / name)
    desk = Desk(folder)
    staged: list[Staged] = []
    for slug in desk.slugs(()):
        build_issue(desk, slug, staged.append)
    assert len(staged) == len(STEMS)
    return desk


@pytest.fixture(scope="session")
def editions(desk: Desk) -> list[Path]:
    """The folders of all editions, for judges that are quicker when asked only once."""
    return sorted(path.parent for path in desk.outbox.glob("*/*/edition.json"))


@pytest.fixture(scope="session")
def notices(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with each kind of notice in each language that has words of its own."""
    folder = tmp_path_factory.mktemp("notices")
    for kind, tag in NOTICES:
        notice = Notice(
            1, kind, "ana@example.org", "", tag, 1, 1, 1_917_079_200.0, new_address="a@example.net"
        )
        ingredients = Ingredients(desk.newsletter, desk.theme, desk.language(tag), {})
        composed = compose_notice(notice, SUBSCRIBER[PREFERENCES_SLOT], ingredients)
        (folder / f"{kind}.{tag}.html").write_text(composed.html, encoding="utf-8")
    return folder


@pytest.fixture(params=STEMS)
def stem(request: pytest.FixtureRequest) -> str:
    """Name each edition as its file in issues/ does: "2024-11" or "2024-11.fr"."""
    return str(request.param)


@pytest.fixture(scope="session")
def manuscripts(desk: Desk) -> dict[str, Manuscript]:
    """What each edition was made from."""
    parts = {stem: stem.partition(".") for stem in STEMS}
    return {stem: desk.manuscript(slug, language) for stem, (slug, _, language) in parts.items()}


@pytest.fixture
def edition(stem: str, desk: Desk, manuscripts: dict[str, Manuscript]) -> Path:
    """The folder of one edition in the outbox."""
    return desk.outbox / manuscripts[stem].slug / manuscripts[stem].language


@pytest.fixture
def titles(stem: str, manuscripts: dict[str, Manuscript]) -> list[str]:
    """The titles of the edition's items, in the order in which they are to be read."""
    sections = manuscripts[stem].issue.sections
    return [item.title for _, section in sections for item in section.items]


@pytest.fixture(scope="session")
def filled() -> Callable[[str], str]:
    """Fill the slots as for one subscriber."""

    def fill(text: str) -> str:
        for slot, value in SUBSCRIBER.items():
            text = text.replace(slot, value)
        return text

    return fill


@pytest.fixture(scope="session")
def program() -> Callable[[str, str], str]:
    """Find a program, or skip the test with the line that installs it."""

    def find(name: str, remedy: str) -> str:
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"{name} is missing — {remedy}")
        return path

    return find


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Run a program that leaves its traces in a home of its own, and give what it printed."""
    home = tmp_path_factory.mktemp("home")
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}

    def start(*command: str | Path) -> str:
        ended = subprocess.run(  # noqa: S603
            command,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=TIMEOUT_SECONDS,
        )
        assert ended.returncode == 0, f"{command[0]}: {ended.stderr[-2000:]}"
        return ended.stdout

    return start
