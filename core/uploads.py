"""Files sent to us: none is taken.

What stands in a case is written in Jämvikt; nothing is kept on a disk, and there is no folder that
a web server could hand out. A request that brings a file is turned away before any of it is read.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler


class FileRefused(SuspiciousOperation):
    """A request brought a file; answered with 400."""


class NoFiles(FileUploadHandler):
    def new_file(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise FileRefused("no files are taken")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> NoReturn:
        raise FileRefused("no files are taken")

    def file_complete(self, file_size: int) -> None:
        return None
