"""The picture that a shared link shows: words on the site's colours. PNG, as crawlers take no SVG."""

from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFont

SIZE = WIDTH, HEIGHT = 1200, 630
MARGIN = 72
INNER = WIDTH - 2 * MARGIN
# Those of the app's style sheet.
ACCENT, LAVENDER, WHITE, YELLOW, INK = "#43249b", "#c9baff", "#ffffff", "#ffd60a", "#17151f"
# What is drawn, and what on: a later one covers an earlier one.
INKS = {LAVENDER: ACCENT, WHITE: ACCENT, YELLOW: ACCENT, INK: YELLOW}
# From the ground to the ink, at the edges of letters.
STEPS = 15
# A server's own fonts are not counted on, and Pillow's built-in one has no accents.
FONTS = Path(__file__).parent / "fonts"
TITLE_SIZES = (84, 76, 68, 60, 52, 46)
MOST_TITLE_LINES = 3
# More of when and where than this would leave the title no room.
MOST_LINES = 3

Font = ImageFont.FreeTypeFont


@dataclass(frozen=True, slots=True)
class Card:
    """What it says, from top to bottom; what is empty leaves no gap."""

    above: str  # whose it is
    title: str
    mark: str  # on yellow: a hashtag, or that it is cancelled
    lines: tuple[str, ...]  # when, where
    below: str  # the site


class Sheet:
    """An image of the card's size with a layer for each ink.

    So the palette is known beforehand: to search the colours of a finished picture takes longer than all the rest.
    """

    def __init__(self) -> None:
        self._layers = [Image.new("L", SIZE) for _ in INKS]
        self._draws = dict(zip(INKS, map(ImageDraw.Draw, self._layers), strict=True))

    def text(self, where: tuple[float, float], text: str, font: Font, ink: str, anchor: str = "la") -> None:
        """``where`` is the point that ``anchor`` names, as Pillow has it."""
        self._draws[ink].text(where, text, font=font, fill=255, anchor=anchor)

    def rounded(self, box: tuple[float, float, float, float], radius: int, ink: str) -> None:
        """A rectangle with rounded corners."""
        self._draws[ink].rounded_rectangle(box, radius, fill=255)

    def png(self) -> bytes:
        """All layers, one over the other."""
        image = Image.new("L", SIZE)
        for number, layer in enumerate(self._layers):
            steps = (round(covered * STEPS / 255) for covered in range(256))
            image = ImageChops.lighter(image, layer.point([step and number * STEPS + step for step in steps]))
        image.putpalette(_palette())
        file = BytesIO()
        image.save(file, "PNG")
        return file.getvalue()


@cache
def _palette() -> bytes:
    """The ground, then the steps to each ink."""
    colours: list[tuple[int, ...]] = [ImageColor.getrgb(ACCENT)]
    for ink, ground in INKS.items():
        ends = list(zip(ImageColor.getrgb(ground), ImageColor.getrgb(ink), strict=True))
        colours += [tuple(round(a + (b - a) * step / STEPS) for a, b in ends) for step in range(1, STEPS + 1)]
    return bytes(part for colour in colours for part in colour)


def draw_card(card: Card) -> bytes:
    """1200 by 630 pixels; the title is as big as fits, what does not fit ends in an ellipsis."""
    sheet = Sheet()
    bottom = HEIGHT - MARGIN
    top = _line(sheet, card.above, _font(36), LAVENDER, MARGIN - 12) + 14
    sheet.text((MARGIN, bottom), _cut(card.below, _font(30), INNER), _font(30), LAVENDER, anchor="ls")
    lines = [row for line in card.lines for row in _shorten(line, _font(40))]
    if len(lines) > MOST_LINES:
        lines = [line for line in card.lines if line]
    room = bottom - 54 - top - (92 if card.mark else 0) - 56 * len(lines)
    font, rows = _fit(card.title, room)
    for row in rows:
        top = _line(sheet, row, font, WHITE, top)
    top += 22
    if card.mark:
        top = _mark(sheet, card.mark, top) + 22
    for line in lines:
        top = _line(sheet, line, _font(40), WHITE, top) + 6
    return sheet.png()


def _line(sheet: Sheet, text: str, font: Font, colour: str, top: int) -> int:
    """Draws one line; where the next begins."""
    if not text:
        return top
    sheet.text((MARGIN, top), _cut(text, font, INNER), font, colour)
    return top + round(font.size * 1.18)


def _mark(sheet: Sheet, text: str, top: int) -> int:
    sizes = [_font(size, bold=True) for size in (48, 42, 36, 32)]
    font = next((font for font in sizes if font.getlength(text) <= INNER - 40), sizes[-1])
    text = _cut(text, font, INNER - 40)
    sheet.rounded((MARGIN, top, MARGIN + font.getlength(text) + 40, top + 68), 12, YELLOW)
    sheet.text((MARGIN + 20, top + 34), text, font, INK, anchor="lm")
    return top + 68


def _fit(text: str, room: int) -> tuple[Font, list[str]]:
    """The biggest font in which the text needs few enough lines and not more than ``room`` pixels."""
    for size in TITLE_SIZES:
        font = _font(size, bold=True)
        rows = _wrap(text, font)
        whole = all(font.getlength(row) <= INNER for row in rows)
        if whole and len(rows) <= MOST_TITLE_LINES and len(rows) * font.size * 1.18 <= room:
            return font, _balance(text, font, rows)
    most = max(1, min(MOST_TITLE_LINES, int(room // (font.size * 1.18))))
    if len(rows) > most:
        rows = [*rows[: most - 1], _cut(" ".join(rows[most - 1 :]) + "…", font, INNER)]
    return font, rows


def _balance(text: str, font: Font, rows: list[str]) -> list[str]:
    """As many rows, of nearly one length: no word is left alone."""
    for tenths in (6, 7, 8, 9):
        narrower = _wrap(text, font, INNER * tenths / 10)
        if len(narrower) == len(rows):
            return narrower
    return rows


def _shorten(text: str, font: Font) -> list[str]:
    """In at most two rows."""
    first, *rest = _wrap(text, font) or [""]
    return [row for row in (first, _cut(" ".join(rest), font, INNER)) if row]


def _wrap(text: str, font: Font, width: float = INNER) -> list[str]:
    rows: list[str] = []
    for word in text.split():
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and font.getlength(longer) <= width:
            rows[-1] = longer
        else:
            rows.append(word)
    return rows


def _cut(text: str, font: Font, width: float) -> str:
    text = " ".join(text.split())
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "…") > width:
        text = text[:-1]
    return text.rstrip(" …") + "…"


@lru_cache(maxsize=16)
def _font(size: int, *, bold: bool = False) -> Font:
    # The basic layout is in every build of Pillow; the other wants a library.
    path = FONTS / f"DejaVuSansCondensed{'-Bold' if bold else ''}.ttf"
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
