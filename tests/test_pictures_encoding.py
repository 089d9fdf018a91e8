"""What becomes of a picture that an organiser chose."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from PIL import Image

from campaigns.pictures import MOST_PIXELS, Fit, encode
from tests.make import picture_file

CAMERA = "Camera of nobody in particular"
ORIENTATION, MODEL, GPS = 0x0112, 0x0110, 0x8825


def taken_upside_down():
    """A JPEG as a phone writes it: turned by a mark, with model and place."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MODEL] = 6, CAMERA
    exif.get_ifd(GPS)[1], exif.get_ifd(GPS)[2] = "N", (48.0, 50.0, 55.0)
    return picture_file((64, 48), "JPEG", exif=exif.tobytes(), comment=CAMERA)


def opened(encoded):
    return Image.open(BytesIO(encoded.content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_it_takes_what_phones_make(kind):
    encoded = encode(picture_file((64, 48), kind))
    assert (opened(encoded).format, encoded.width, encoded.height) == ("JPEG", 64, 48)


def test_it_keeps_nothing_of_what_the_camera_wrote():
    chosen = taken_upside_down()
    assert CAMERA.encode() in chosen.getvalue()
    encoded = encode(chosen)
    assert CAMERA.encode() not in encoded.content
    assert dict(opened(encoded).getexif()) == {}
    # Its mark is gone: it is turned itself.
    assert (encoded.width, encoded.height) == (48, 64)


def test_it_makes_a_large_one_small():
    noise = Image.effect_noise((3000, 1500), 90)
    file = BytesIO()
    noise.save(file, "PNG")
    encoded = encode(file, Fit(longest=800, most_bytes=40_000))
    assert len(encoded.content) <= 40_000
    assert encoded.width <= 800
    assert encoded.width / encoded.height == pytest.approx(2, rel=0.02)


def test_it_leaves_the_size_of_a_small_one():
    assert encode(picture_file((40, 30)), Fit(longest=800)).width == 40


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "CMYK", "1", "I;16"])
def test_it_takes_every_kind_of_colour(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    file = BytesIO()
    Image.new(mode, (8, 8)).save(file, kind)
    assert opened(encode(file)).mode == "RGB"


def test_it_shows_what_is_transparent_as_white():
    file = BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(file, "PNG")
    assert opened(encode(file)).getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        picture_file(kind="GIF").getvalue(),
        picture_file((640, 480), "JPEG").getvalue()[:300],
        picture_file((640, 480)).getvalue()[:90],
    ],
)
def test_it_refuses_what_is_no_picture_in_words(content):
    with translation.override("en"), pytest.raises(ValidationError, match="cannot be read as a picture"):
        encode(BytesIO(content))


def test_it_refuses_what_would_fill_the_memory():
    side = int(MOST_PIXELS**0.5) + 1
    file = BytesIO()
    Image.new("1", (side, side)).save(file, "PNG")
    assert len(file.getvalue()) < 100_000
    with pytest.raises(ValidationError, match="50 million"):
        encode(file)
