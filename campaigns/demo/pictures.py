"""The demo's pictures, drawn here: nobody's photo, nobody's face."""

from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageDraw

from campaigns.pictures import Encoded, encode

INK, PAPER, VIOLET, LAVENDER, YELLOW = "#17151f", "#f2f1f6", "#43249b", "#c9baff", "#ffd60a"
# Drawn larger than it is shown: edges come out smooth.
FINER = 2
WIDTH, HEIGHT = 1080 * FINER, 810 * FINER


def draw(name: str) -> Encoded:
    """One of DRAWINGS, as an organiser's picture is kept."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    DRAWINGS[name](ImageDraw.Draw(image))
    image.thumbnail((WIDTH // FINER, HEIGHT // FINER))
    file = BytesIO()
    image.save(file, "PNG")
    file.seek(0)
    return encode(file)


def _marks(paper: ImageDraw.ImageDraw) -> None:
    """500 squares, 341 of them filled: how many signatures there are, how many are missing."""
    step, side, margin = 78, 58, 90
    columns = 25
    for number in range(500):
        left = margin + number % columns * step + 6
        top = margin + number // columns * 72 - 12
        box = (left, top, left + side, top + side)
        paper.rounded_rectangle(box, 8, fill=VIOLET if number < 341 else None, outline=VIOLET, width=5)


def _square(paper: ImageDraw.ImageDraw) -> None:
    """A domed front at dusk, and a crowd of dots before it."""
    paper.rectangle((0, 0, WIDTH, HEIGHT), fill=VIOLET)
    paper.ellipse((1560, 120, 1860, 420), fill=YELLOW)
    paper.rectangle((560, 620, 1600, 1200), fill=LAVENDER)
    paper.polygon([(820, 620), (1080, 440), (1340, 620)], fill=LAVENDER)
    paper.pieslice((900, 190, 1260, 640), 180, 360, fill=LAVENDER)
    paper.rectangle((920, 410, 1240, 600), fill=LAVENDER)
    paper.rectangle((1060, 110, 1100, 240), fill=LAVENDER)
    for column in range(6):
        left = 640 + column * 156
        paper.rounded_rectangle((left, 740, left + 70, 1200), 36, fill=VIOLET)
    paper.rectangle((0, 1130, WIDTH, HEIGHT), fill=INK)
    for row in range(7):
        size = 58 + row * 9
        for place in range(-1, WIDTH // (size + 22) + 1):
            left = place * (size + 22) + (row % 2) * size // 2 + (place * 37 + row * 53) % 17
            top = 1080 + row * 78 + (place * 29 + row * 11) % 24
            colour = YELLOW if (place * 5 + row * 3) % 11 == 0 else LAVENDER if (place + row) % 2 else PAPER
            paper.ellipse((left, top, left + size, top + size), fill=colour)


DRAWINGS: dict[str, Callable[[ImageDraw.ImageDraw], None]] = {"marks": _marks, "square": _square}
