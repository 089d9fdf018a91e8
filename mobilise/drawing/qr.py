"""QR codes as SVG."""

import qrcode
from django.utils.safestring import SafeString, mark_safe
from qrcode.image.svg import SvgPathFillImage, SvgPathImage


def draw_qr_code(text: str) -> SafeString:
    """An <svg> to be put into a page: it needs no second request and no data: address."""
    drawing: str = qrcode.make(text, image_factory=SvgPathImage).to_string(encoding="unicode")
    return mark_safe(drawing)  # noqa: S308  # made of the path that qrcode computed, the text is only in its shape


def qr_code_file(text: str) -> bytes:
    """A file of its own, black on white."""
    drawing: bytes = qrcode.make(text, image_factory=SvgPathFillImage).to_string(encoding="utf-8", xml_declaration=True)
    return drawing
