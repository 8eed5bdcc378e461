"""Where the judges' programs lie on this machine."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def node_packages(tail: str) -> Iterator[Path]:
    """Give the files of that path in the folders of Node's packages that NODE_PATH names."""
    for folder in filter(None, os.environ.get("NODE_PATH", "").split(os.pathsep)):
        if (Path(folder) / tail).is_file():
            yield Path(folder) / tail


def nu_command() -> list[str]:
    """Give the command that starts the Nu checker; empty if there is none."""
    java, vnu = shutil.which("java"), shutil.which("vnu")
    jar = next(node_packages("vnu-jar/build/dist/vnu.jar"), None)
    if java and jar:
        # A run is over before Java's second compiler is worth its time.
        return [java, "-Xss8m", "-XX:TieredStopAtLevel=1", "-jar", str(jar)]
    return [vnu] if vnu else []


def browser() -> str:
    """Give the path of Chromium; empty if there is none."""
    named = os.environ.get("INFOMAIL_CHROMIUM")
    return named or next(filter(None, map(shutil.which, _BROWSERS)), "")


def axe() -> Path | None:
    """Give the file of axe-core, Node's or the one in axe-playwright-python."""
    packaged = importlib.util.find_spec("axe_playwright_python")
    own = Path(packaged.origin).with_name("axe.min.js") if packaged and packaged.origin else None
    return next(node_packages("axe-core/axe.min.js"), own)
