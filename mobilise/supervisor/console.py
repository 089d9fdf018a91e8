"""What the person in front of the terminal reads: one line per event, with who said it."""

import os
import sys
import time
from typing import TextIO

# Readable on light and dark backgrounds.
COLOURS = ("36", "33", "32", "35", "34", "31")
BOLD = "1"
NAME_WIDTH = 12


class Console:
    """Writes lines; colours only on a terminal, and not under NO_COLOR (https://no-color.org)."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._coloured = self._stream.isatty() and not os.environ.get("NO_COLOR")
        self._colours: dict[str, str] = {}

    def say(self, text: str = "", *, bold: bool = False) -> None:
        """A line of our own."""
        self._write(self._paint(text, BOLD) if bold and text else text)

    def log(self, name: str, text: str) -> None:
        """A line of the process ``name``, with the time of day."""
        colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
        self._write(f"{time.strftime('%H:%M:%S')} {self._paint(name.ljust(NAME_WIDTH), colour)} {text}")

    def _paint(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._coloured else text

    def _write(self, line: str) -> None:
        try:
            self._stream.write(line + "\n")
            self._stream.flush()
        except (BrokenPipeError, ValueError):
            # Nobody reads any more (`make run | head`): the site goes on without words.
            self._stream = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # for the rest of the process
