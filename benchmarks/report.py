"""The table on the screen, and the files."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.figures import NUMBER, RATIO, SECONDS, Figure
from benchmarks.targets import Target, ratios_of, target_of

HEADINGS = ("", "median", "min", "max", "unit", "target", "")
UNITS = {RATIO: "", NUMBER: ""}


def table(figures: Sequence[Figure], *, full: bool) -> str:
    """A line for each figure and ratio. With less than the ``full`` amount of work no target is judged."""
    measured = {figure.name: figure for figure in figures}
    lines: list[Sequence[str]] = [HEADINGS]
    for figure in figures:
        lines.append(_line(figure, target_of(figure), full))
        lines += [_ratio_line(ratio, full) for ratio in ratios_of(figure, measured)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join(_align(line, widths) for line in lines)


def _line(figure: Figure, target: Target | None, full: bool) -> Sequence[str]:
    if figure.value is None:
        return (figure.name, "-", "", "", "", "", f"not measured: {figure.note}".strip())
    spread = (_number(min(figure.runs), figure.unit), _number(max(figure.runs), figure.unit))
    said, verdict = (target.said, target.verdict(full)) if target else ("", "")
    unit = UNITS.get(figure.unit, figure.unit)
    return (figure.name, _number(figure.value, figure.unit), *spread, unit, said, verdict)


def _ratio_line(target: Target, full: bool) -> Sequence[str]:
    return (f"  {target.of}", _number(target.value, RATIO), "", "", "times", target.said, target.verdict(full))


def _number(value: float, unit: str) -> str:
    return f"{value:,.2f}" if unit in (SECONDS, RATIO) else f"{value:,.0f}" if value >= 1000 else f"{value:,.1f}"


def _align(line: Sequence[str], widths: Sequence[int]) -> str:
    numbers = {1, 2, 3}
    cells = [
        text.rjust(width) if column in numbers else text.ljust(width)
        for column, (text, width) in enumerate(zip(line, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()


def write(folder: Path, name: str, figures: Sequence[Figure], machine: Mapping[str, str], shown: str) -> Path:
    """``name``.json with the figures, and beside it ``name``.txt with the machine and the table. Gives the first."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.json"
    file.write_text(json.dumps([figure.as_json() for figure in figures], indent=2) + "\n", encoding="utf-8")
    facts = "".join(f"{fact}: {value}\n" for fact, value in machine.items())
    file.with_suffix(".txt").write_text(f"{facts}\n{shown}\n", encoding="utf-8")
    return file
