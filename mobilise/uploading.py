"""What is uploaded is held in memory, never written to a disk; and what was too much is known as that."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler


class LeftOut(InMemoryUploadedFile):
    """A file of a form that was larger than FILE_UPLOAD_MAX_MEMORY_SIZE as a whole: its name and size, no bytes."""


class MemoryOnly(MemoryFileUploadHandler):
    """Django's, which of a form that is too large would leave out the files without a word."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keeps it, or lets it go."""
        return super().receive_data_chunk(raw_data, start) if self.activated else None

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """The file, or that there was one."""
        if self.activated:
            return super().file_complete(file_size)
        return LeftOut(BytesIO(), self.field_name, self.file_name, self.content_type, file_size, self.charset)
