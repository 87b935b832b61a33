"""The API's description (OpenAPI) as the page `/api/v1/docs/` shows it: told in order, in words.

Pure, but for `guide_in`, which makes the description and keeps it: once per process and language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator

from api.examples import TOLD

Schema = Mapping[str, Any]

RESOURCES = ("reports", "investigations", "interventions", "deadlines", "workload", "own")
"""The order of a case's course; resources by other names come after."""
EVERYWHERE = frozenset({"401", "406", "413", "415", "429", "500"})
"""Problems that any address can answer with, explained once."""
_CHOICE = re.compile(r"^\* `([^`]*)` - (.*)$", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")
_SAMPLES = {"date": "2026-03-02", "date-time": "2026-03-02T09:00:00+01:00"}


@dataclass(frozen=True)
class GuideField:
    """A parameter, or a field of a body; `name` is dotted (`child.first_name`, `[]` a list's)."""

    name: str
    type: str
    required: bool
    meaning: str = ""
    codes: tuple[tuple[str, str], ...] = ()
    where: str = ""


@dataclass(frozen=True)
class CallExample:
    title: str
    text: str


@dataclass(frozen=True)
class Answer:
    status: str
    meaning: str
    record: str = ""


@dataclass(frozen=True)
class Operation:
    """One method of one address. `sent` is the address with an id in it, to call by."""

    anchor: str
    method: str
    path: str
    sent: str
    summary: str
    description: str
    scope: str
    parameters: tuple[GuideField, ...]
    body: tuple[GuideField, ...]
    examples: tuple[CallExample, ...]
    answers: tuple[Answer, ...]

    @property
    def writes(self) -> bool:
        return self.method != "GET"


@dataclass(frozen=True)
class Resource:
    anchor: str
    title: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True)
class AnswerRecord:
    """What an answer holds. `paged` when it comes as a page of a list."""

    anchor: str
    name: str
    title: str
    paged: bool
    fields: tuple[GuideField, ...]
    example: str


@dataclass(frozen=True)
class Guide:
    title: str
    description: str
    resources: tuple[Resource, ...]
    records: tuple[AnswerRecord, ...]
    problems: tuple[Answer, ...]
    problem: CallExample


@lru_cache(maxsize=8)
def guide_in(language: str) -> Guide:
    """The guide in a language; made once, which takes seconds."""
    with override(language):
        return guide(SchemaGenerator().get_schema(request=None, public=True))


def guide(schema: Schema) -> Guide:
    parts: Schema = schema["components"]["schemas"]
    by_tag: dict[str, list[Operation]] = {tag: [] for tag in RESOURCES}
    records: dict[str, AnswerRecord] = {}
    problems: dict[str, Answer] = {}
    for path, methods in schema["paths"].items():
        for method, said in methods.items():
            operation = _operation(parts, path, method, said)
            by_tag.setdefault(said["tags"][0], []).append(operation)
            for status, answer in sorted(said["responses"].items()):
                if status >= "400":
                    problems[status] = Answer(status, words(answer["description"]))
                    continue
                name = _record_of(answer)
                if name and name not in records:
                    records[name] = _record(parts, name)
    return Guide(
        title=schema["info"]["title"],
        description=words(schema["info"].get("description", "")),
        resources=tuple(
            Resource(f"resource-{tag}", _resource_title(tag), tuple(operations))
            for tag, operations in by_tag.items()
            if operations
        ),
        records=tuple(records[name] for name in sorted(records)),
        problems=tuple(problems[status] for status in sorted(problems)),
        problem=CallExample(_("A problem"), _pretty(parts["Problem"]["example"])),
    )


def _resource_title(tag: str) -> str:
    return {
        "reports": _("Reports"),
        "investigations": _("Investigations"),
        "interventions": _("Interventions"),
        "deadlines": _("Deadlines"),
        "workload": _("Workload and staffing"),
        "own": _("What is your own"),
    }.get(tag, tag)


def _operation(parts: Schema, path: str, method: str, said: Schema) -> Operation:
    body = said.get("requestBody", {}).get("content", {}).get("application/json", {})
    return Operation(
        anchor=said["operationId"],
        method=method.upper(),
        path=path,
        sent=re.sub(r"{\w+}", str(TOLD["id"]), path),
        summary=said.get("summary", ""),
        description=words(said.get("description", "")),
        scope=said["x-scope"],
        parameters=tuple(
            _field(
                parts,
                one["name"],
                {"description": one.get("description") or _of_address(one), **one["schema"]},
                required=one.get("required", False),
                where=_("in the address") if one["in"] == "path" else _("in the question"),
            )
            for one in sorted(said.get("parameters", ()), key=lambda one: one["in"] != "path")
        ),
        body=tuple(_fields(parts, body["schema"])) if body else (),
        examples=tuple(
            CallExample(one.get("summary") or name, _pretty(one["value"]))
            for name, one in body.get("examples", {}).items()
        ),
        answers=tuple(
            Answer(status, words(answer["description"]), _record_of(answer))
            for status, answer in sorted(said["responses"].items())
            if status not in EVERYWHERE
        ),
    )


def _of_address(parameter: Schema) -> str:
    return _("The record's id.") if parameter["in"] == "path" else ""


def _record_of(answer: Schema) -> str:
    """The name of what an answer holds; a page by the name of its rows' page."""
    content = answer.get("content", {}).get("application/json", {})
    name: str = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return name


def _record(parts: Schema, name: str) -> AnswerRecord:
    whole = parts[name]
    results = whole["properties"].get("results")
    rows = results["items"] if results else {"$ref": f"#/components/schemas/{name}"}
    return AnswerRecord(
        anchor=f"record-{name}",
        name=name,
        title=rows["$ref"].rpartition("/")[2] + ("[]" if results else ""),
        paged=results is not None,
        fields=tuple(_fields(parts, rows)),
        example=_pretty(_page(_sample(parts, "", rows)) if results else _sample(parts, "", rows)),
    )


def _page(row: Any) -> dict[str, Any]:
    return {"count": 1, "next": None, "previous": None, "results": [row]}


def resolved(parts: Schema, schema: Schema) -> dict[str, Any]:
    """What a schema says, with what it refers to; its own words go before."""
    own = {name: value for name, value in schema.items() if name not in ("$ref", "allOf", "oneOf")}
    referred = [schema] if "$ref" in schema else schema.get("allOf") or schema.get("oneOf") or []
    whole: dict[str, Any] = {}
    for one in reversed(referred):
        inner = parts[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        whole |= resolved(parts, inner)
    if referred and whole.get("type") == "object":
        # What a nested record says of itself is no meaning of the field it stands in.
        whole.pop("description", None)
    if not own.get("description"):
        own.pop("description", None)
    elif _CHOICE.search(whole.get("description", "")):
        whole["description"] = f"{own.pop('description')}\n\n{whole['description']}"
    return whole | own


def _fields(
    parts: Schema, schema: Schema, prefix: str = "", told: dict[str, str] | None = None
) -> Iterator[GuideField]:
    """The fields in order, nested ones after their own; what was `told` before is not repeated."""
    whole = resolved(parts, schema)
    required = whole.get("required", ())
    told = {} if told is None else told
    for name, one in whole.get("properties", {}).items():
        field = _field(parts, prefix + name, one, required=name in required)
        inner, dotted = resolved(parts, one), f"{prefix}{name}."
        if inner.get("type") == "array":
            inner, dotted = resolved(parts, inner["items"]), f"{prefix}{name}[]."
        if inner.get("type") != "object":
            yield field
            continue
        shape = json.dumps(inner.get("properties", {}), sort_keys=True)
        if shape in told:
            same = words(_("The same fields as `%(name)s`.") % {"name": told[shape]})
            yield replace(field, meaning=format_html("{} {}", field.meaning, same))
            continue
        told[shape] = field.name
        yield field
        yield from _fields(parts, inner, dotted, told)


def _field(
    parts: Schema, name: str, schema: Schema, *, required: bool, where: str = ""
) -> GuideField:
    whole = resolved(parts, schema)
    listed = whole.get("type") == "array"
    inner = resolved(parts, whole["items"]) if listed else whole
    said = whole.get("description", "")
    labels = dict(_CHOICE.findall(said)) or dict(_CHOICE.findall(inner.get("description", "")))
    codes = tuple(
        (str(code), labels.get(str(code), ""))
        for code in inner.get("enum", ())
        if code not in (None, "")
    )
    return GuideField(
        name=name,
        type=_type(whole, inner, listed=listed),
        required=required,
        meaning=words(_CHOICE.sub("", said).strip()),
        codes=tuple((code, label if label != code else "") for code, label in codes),
        where=where,
    )


def _type(whole: Schema, inner: Schema, *, listed: bool) -> str:
    kind = _kind(inner)
    if listed:
        kind = _("list (%(kind)s)") % {"kind": kind}
    if whole.get("nullable"):
        kind = _("%(kind)s or null") % {"kind": kind}
    if "maxLength" in inner:
        kind = _("%(kind)s, at most %(most)s characters") % {
            "kind": kind,
            "most": inner["maxLength"],
        }
    return kind


def _kind(schema: Schema) -> str:
    if "enum" in schema:
        return _("code")
    return {
        ("string", "date"): _("day"),
        ("string", "date-time"): _("time with offset"),
        ("integer", ""): _("whole number"),
        ("boolean", ""): _("true or false"),
        ("object", ""): _("object"),
    }.get(
        (schema.get("type", ""), schema.get("format", "").replace("int64", "")),
        _("text"),
    )


def _sample(parts: Schema, name: str, schema: Schema) -> Any:
    """A value that could stand there."""
    whole = resolved(parts, schema)
    kind = whole.get("type")
    if kind == "object":
        return {
            field: _sample(parts, field, one) for field, one in whole.get("properties", {}).items()
        }
    if kind == "array":
        return [_sample(parts, name, whole["items"])]
    if name in TOLD:
        return TOLD[name]
    if whole.get("nullable"):
        return None
    if "enum" in whole:
        return whole["enum"][0]
    if kind in ("integer", "boolean"):
        return 1 if kind == "integer" else False
    return _SAMPLES.get(whole.get("format", ""), "…")


def words(text: str) -> SafeString:
    """The description's own way to mark code, as the page marks it."""
    return mark_safe(_CODE.sub(r"<code>\1</code>", escape(text)))  # noqa: S308 - escaped


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
