"""The words in a PDF, read the way a curious recipient would: every stream, every glyph."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(?m)^(\d+) 0 obj(.*?)^endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_STRING = re.compile(rb"\((?:\\.|[^\\()])*\)|<[0-9a-fA-F]*>", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _bytes(string: bytes) -> bytes:
    """What a literal or hexadecimal string holds."""
    if string.startswith(b"<"):
        return bytes.fromhex(string[1:-1].decode())

    def meant(found: re.Match[bytes]) -> bytes:
        code = found.group(1)
        return bytes([int(code, 8)]) if code.isdigit() else _PLAIN.get(code, code)

    return _ESCAPE.sub(meant, string[1:-1])


def _inflated(body: bytes) -> bytes:
    found = _STREAM.search(body)
    if not found:
        return b""
    raw = found.group(1)
    if b"FlateDecode" not in body:
        return raw
    return zlib.decompressobj().decompress(raw)


def _utf16(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be")


def _mapping(cmap: bytes) -> dict[int, str]:
    glyphs: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            glyphs[int(code, 16)] = _utf16(text)
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for low, high, text in re.findall(
            rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block
        ):
            first = _utf16(text)
            for step in range(int(high, 16) - int(low, 16) + 1):
                glyphs[int(low, 16) + step] = first[:-1] + chr(ord(first[-1]) + step)
    return glyphs


def _shown(stream: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    words: list[str] = []
    font: dict[int, str] = {}
    token = re.compile(
        rb"/(\w+)\s+[\d.]+\s+Tf|((?:\((?:\\.|[^\\()])*\)|<[0-9a-fA-F]*>|[\s\d.\-\[])+)\]?\s*T[jJ]",
        re.DOTALL,
    )
    for found in token.finditer(stream):
        name, shown = found.groups()
        if name is not None:
            font = fonts.get(name, {})
            continue
        for string in _STRING.findall(shown):
            raw = _bytes(string)
            words += [
                font.get(int.from_bytes(raw[at : at + 2], "big"), "")
                for at in range(0, len(raw), 2)
            ]
        words.append("\n")
    return "".join(words)


def extracted(document: bytes) -> str:
    """Every word that any text operator of any stream shows, and the texts of the objects."""
    objects = {int(number): body for number, body in _OBJECT.findall(document)}
    maps = {
        number: _mapping(_inflated(body))
        for number, body in objects.items()
        if b"begincmap" in _inflated(body)
    }
    fonts: dict[bytes, dict[int, str]] = {}
    for body in objects.values():
        for name, number in re.findall(rb"/([A-Za-z]\w*)\s+(\d+) 0 R", body):
            target = objects.get(int(number), b"")
            unicode = re.search(rb"/ToUnicode (\d+) 0 R", target)
            if unicode:
                fonts[name] = maps.get(int(unicode.group(1)), {})
    texts = [_shown(_inflated(body), fonts) for body in objects.values() if b"stream" in body]
    plain = [re.sub(_STREAM, b"", body).decode("latin-1") for body in objects.values()]
    return "\n".join([*texts, *plain])
