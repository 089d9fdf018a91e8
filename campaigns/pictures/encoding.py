"""A picture made anew: no larger than a phone shows, and without what the camera wrote into it (place, hour, model)."""

from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

# By Pillow's names, and as browsers call them: an iPhone that is asked for these makes a JPEG of its own format.
FORMATS = ("JPEG", "PNG", "WEBP")
TAKEN = "image/jpeg,image/png,image/webp"
# A larger one needs too much memory before it can be made small.
MOST_PIXELS = 50_000_000
QUALITIES = (82, 74, 66, 58)
SMALLER = 0.8
WHITE = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Fit:
    """What a picture has to fit into: its longer side in pixels, its bytes."""

    longest: int = 1280
    most_bytes: int = 160_000


@dataclass(frozen=True, slots=True)
class Encoded:
    """A JPEG, and its size in pixels."""

    content: bytes
    width: int
    height: int


def encode(file: IO[bytes], fit: Fit | None = None) -> Encoded:
    """The picture in ``file`` as a JPEG that fits. Raises ValidationError, in words for whoever chose it."""
    fit = fit or Fit()
    try:
        return _smallest_loss(_opened(file, fit.longest), fit)
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except (OSError, ValueError, SyntaxError, EOFError):
        text = _("This file cannot be read as a picture. Choose a JPEG, PNG or WebP; a screenshot will do.")
        raise ValidationError(text, code="unreadable") from None


def _opened(file: IO[bytes], longest: int) -> Image.Image:
    """Upright, in plain colours, already near the size that is wanted."""
    opened = Image.open(file, formats=FORMATS)
    if opened.width * opened.height > MOST_PIXELS:
        raise _too_many_pixels()
    # Of a JPEG only as much is decoded as is needed.
    opened.draft("RGB", (longest, longest))
    upright = ImageOps.exif_transpose(opened)
    upright.thumbnail((longest, longest))
    return _on_white(upright)


def _on_white(picture: Image.Image) -> Image.Image:
    """Without transparency, which a JPEG shows as black."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    ground = Image.new("RGB", picture.size, WHITE)
    seen_through = picture.convert("RGBA")
    ground.paste(seen_through, mask=seen_through)
    return ground


def _smallest_loss(picture: Image.Image, fit: Fit) -> Encoded:
    """The best quality that fits; when none does, a smaller picture."""
    while True:
        for quality in QUALITIES:
            content = _as_jpeg(picture, quality)
            if len(content) <= fit.most_bytes:
                return Encoded(content, *picture.size)
        picture = picture.resize(tuple(max(1, round(side * SMALLER)) for side in picture.size))


def _as_jpeg(picture: Image.Image, quality: int) -> bytes:
    """What the file said of itself (EXIF, colour profile, comments) does not come along: none of it is asked for."""
    plain: Any = Image.new("RGB", picture.size)
    plain.paste(picture)
    written = BytesIO()
    plain.save(written, "JPEG", quality=quality, optimize=True, progressive=True)
    return written.getvalue()


def _too_many_pixels() -> ValidationError:
    text = _("This picture has too many pixels (%(most)s million at most). A screenshot of it will do.")
    return ValidationError(text % {"most": MOST_PIXELS // 1_000_000}, code="too_many_pixels")
