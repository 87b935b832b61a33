"""No file is taken, whatever page or call it is sent to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.factories import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["rapport.pdf", "bild.svg", "skal.php", "../../etc/x.html"])
def test_a_request_that_brings_a_file_is_turned_away(world: World, name: str) -> None:
    client = Client()
    client.force_login(world.reception)
    file: Any = SimpleUploadedFile(name, b"<script>alert(1)</script>", "text/html")
    answer = client.post("/reports/new/", {"concern": "Oro", "attachment": file})
    assert answer.status_code == 400
    assert b"alert(1)" not in answer.content
    file.seek(0)
    told = client.post("/api/v1/reports/", {"file": file})
    assert told.status_code in (400, 415)


def test_the_same_form_without_a_file_is_read(world: World) -> None:
    client = Client()
    client.force_login(world.reception)
    assert client.post("/reports/new/", {"concern": "Oro"}).status_code == 422


def test_there_is_no_folder_for_files() -> None:
    assert settings.MEDIA_ROOT == ""
    assert not [path for path in Path(settings.BASE_DIR).glob("media*") if path.is_dir()]
