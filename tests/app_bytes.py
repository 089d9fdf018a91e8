"""What of the built app a phone loads, in bytes as they are sent: compressed with gzip, as nginx and WhiteNoise do."""

import gzip
import re
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

IMPORTED = re.compile(r"""(?:import|from)\s*["']\./([\w.-]+\.js)["']""")
IN_PAGE = re.compile(r'(?:src|href)="/(assets/[\w.-]+\.(?:js|css))"')


def dist() -> Path:
    """The built app."""
    return Path(settings.FRONTEND_DIST)


def weight(files: Iterable[Path]) -> int:
    """Bytes on the wire, all together."""
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)


def chunk(name: str) -> Path:
    """The built file of a screen."""
    found = [file for file in (dist() / "assets").glob(f"{name}-*.js") if file.stem.split("-")[0] == name]
    assert len(found) == 1, (name, found)
    return found[0]


def first_load(*names: str) -> set[Path]:
    """The page's own scripts and styles, the files of these names, and all that these import before they run."""
    page = dist() / "index.html"
    wanted = [dist() / name for name in IN_PAGE.findall(page.read_text(encoding="utf-8"))]
    wanted += [chunk(name) for name in names]
    found: set[Path] = set()
    while wanted:
        file = wanted.pop()
        if file not in found:
            found.add(file)
            wanted += [file.parent / name for name in IMPORTED.findall(file.read_text(encoding="utf-8"))]
    return found


def precached() -> list[Path]:
    """What the service worker keeps from the start, by its own list."""
    listed = re.findall(
        r'url:"(/[^"]*)"|"url":"(/[^"]*)"|url:`(/[^`]*)`', (dist() / "sw.js").read_text(encoding="utf-8")
    )
    urls = [next(filter(None, groups)) for groups in listed]
    # The rights sheet is kept with them, and is the server's.
    return [dist() / url.replace("/shell", "/index.html").lstrip("/") for url in urls if not url.startswith("/api/")]


def assets() -> set[str]:
    """The names of the built files, without those that hold the same in less."""
    return {file.name for file in (dist() / "assets").iterdir() if file.suffix not in (".gz", ".br")}


def texts(language: str) -> Path:
    """What the first screens say in this language."""
    (found,) = (dist() / "assets").glob(f"{language}-first-*.json")
    return found
