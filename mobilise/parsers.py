"""Reading what a client sends, with a bound: no call needs more than a few hundred bytes."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from mobilise.errors import TooLarge

MAX_BODY = 16 * 1024


class BoundedJSONParser(JSONParser):
    """JSON of at most MAX_BODY bytes. Django's own bound does not hold here: DRF reads the stream past it."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The parsed body. Raises TooLarge, ParseError."""
        request = (parser_context or {})["request"]
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY:
            raise TooLarge
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("The body is nested too deeply.") from error
