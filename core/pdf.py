"""Documents as PDF, set by typst: a template of ours and plain data, nothing from the network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def compiled(template: Path, data: Mapping[str, Any]) -> bytes:
    """The PDF of `template` filled with `data`, which the template reads as JSON.

    Texts are values in the template, never markup: what a person wrote cannot become code. The
    same data gives the same bytes. Tagged for screen readers (PDF/UA-1).
    """
    # With the first document: few processes make one, and it is large.
    import typst

    made = typst.compile(
        str(template),
        root=str(template.parent),
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards="ua-1",
    )
    assert isinstance(made, bytes)
    return made


def digest(document: bytes) -> str:
    """SHA-256 in hexadecimal, for telling one file from another."""
    return hashlib.sha256(document).hexdigest()
