"""A publisher that dies: killed at each thing it asks of the system, one after the other.

`python falling.py BEFORE WORK` puts the site in BEFORE, linked, into the folder WORK, begins to
publish another site there, and dies at the first event; then once more, at the second, and so on
until a run lives. Events are those that Python tells auditors of: files opened, linked, moved,
removed, folders made. What it found after each fall is printed as one JSON object a line.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

from infomail.publish.draft import Output
from infomail.publish.site import write_site

EVENTS = ("open", "ctypes.dlsym", "shutil.rmtree")
STEPS = ("os.link", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "os.utime")
FALLEN = 9


def output(path: str, text: str, key: str = "") -> Output:
    """Give a file of the site with a text in it."""
    return Output(path, key, text.encode)


OLD = [output("index.html", "old"), output("2024-11/index.html", "same"), output("gone.html", "x")]
NEW = [output("index.html", "new"), output("2024-11/index.html", "same"), output("come.html", "y")]


def finish(folder: Path) -> None:
    """Add a file, as a search index would be."""
    (folder / "search").mkdir()
    (folder / "search" / "index").write_text(f"of {(folder / 'index.html').read_text('utf-8')}")


def told(place: Path) -> dict[str, str]:
    """Give what stands in a site."""
    files = (file for file in place.rglob("*") if file.is_file() and file.name[0] != ".")
    return {file.relative_to(place).as_posix(): file.read_text("utf-8") for file in files}


def fall(place: Path, at: int) -> bool:
    """Publish, and die at an event; False if there were fewer."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == FALLEN
    seen = 0

    def count(event: str, _: object) -> None:
        nonlocal seen
        if event in EVENTS or event in STEPS:
            seen += 1
            if seen == at:
                os._exit(FALLEN)

    sys.addaudithook(count)
    write_site(place, NEW, "test", finish)
    os._exit(0)


def main(before: Path, work: Path) -> None:
    """Fall at every event."""
    place, at, has_fallen = work / "site", 0, True
    while has_fallen:
        at += 1
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(before, work, copy_function=os.link)
        has_fallen = fall(place, at)
        seen = told(place) if place.is_dir() else None
        write_site(place, NEW, "test", finish)
        rest = sorted(file.name for file in work.iterdir())
        print(json.dumps({"at": at, "fell": has_fallen, "seen": seen, "rest": rest}))  # noqa: T201
        print(json.dumps(told(place)))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
