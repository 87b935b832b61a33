"""Nothing changes by a form that did not come from our own page (CSRF), at any address."""

from __future__ import annotations

import pytest

from tests.factories.populated import HERE
from tests.security.conftest import Stage, about, addresses, matter_ids

METHODS = ("post", "put", "patch", "delete")


@pytest.mark.slow
def test_every_address_refuses_what_comes_from_elsewhere(scene: Stage) -> None:
    ids = matter_ids(scene, HERE)
    client = scene.client("head", enforce_csrf_checks=True)
    through = {}
    for address in addresses():
        url = address.at(pk=about(address, ids) or 1, reader=scene.world.main.pk)
        for method in METHODS:
            answer = client.generic(
                method.upper(), url, '{"q": "Alva"}', content_type="application/json"
            )
            if answer.status_code not in (403, 405):
                through[address.name, method] = answer.status_code
    assert through == {}


def test_a_form_from_another_site_is_refused_with_its_mark_too(scene: Stage) -> None:
    """The mark may leak; the browser still says where the form was."""
    client = scene.client("head", enforce_csrf_checks=True)
    client.get("/search/")
    mark = client.cookies["csrftoken"].value
    form = {"q": "Alva", "csrfmiddlewaretoken": mark}
    assert client.post("/search/", form).status_code == 200
    for origin in ("https://evil.example", "null"):
        answer = client.post("/search/", form, headers={"origin": origin})
        assert answer.status_code == 403
