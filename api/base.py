"""What every view of the API shares: finding, asking, reading the body, listing page by page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.fields import Code
from core import trail
from core.errors import Forbidden, Invalid, Missing
from organisation.enums import Level
from organisation.models import OrgUnit, User
from organisation.permissions import Access
from organisation.rights import Action

M = TypeVar("M", bound=models.Model)

PAGE_SIZE = 50
MOST_PAGE_SIZE = 1000
_UNIT_CODE = re.compile(r"[\w-]{1,40}")


class ApiView(APIView):
    """A view that knows who acts (`by`), how far they reach (`access`) and when (`at`).

    `area` is the first half of the scope that a token needs here, such as `reports`.
    """

    area: str

    @property
    def by(self) -> User:
        user: User = self.request.user  # type: ignore[assignment]
        return user

    @property
    def at(self) -> datetime:
        at: datetime = self.request.at  # type: ignore[attr-defined]
        return at

    @property
    def access(self) -> Access:
        access: Access = self.request.access  # type: ignore[attr-defined]
        return access

    def matter(self, queryset: models.QuerySet[M], pk: int) -> M:
        """The one row of what the actor may see; Missing otherwise."""
        found = queryset.filter(pk=pk).first()
        if found is None:
            raise Missing(_("It does not exist, or is not yours to see."))
        return found

    def permit(self, action: Action, reach: Mapping[str, Any]) -> None:
        """Forbidden before the body is looked at: who may not do it need not learn its form."""
        decision = self.access.ask(action, **reach)
        if not decision:
            raise Forbidden(decision.reason)

    def given(self, form: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The body, checked; ValidationError with a message per field."""
        serializer = form(data=self.request.data, context={"access": self.access})
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def shown(self, form: type[serializers.Serializer[Any]], row: Any, **context: Any) -> Any:
        context = {"on": self.access.on, "access": self.access, **context}
        return form(row, context=context).data


class Filters(serializers.Serializer[Any]):
    """The question of a list: an unknown value is an error, an empty one is no filter."""

    page = serializers.IntegerField(
        required=False,
        min_value=1,
        error_messages={
            "invalid": gettext_lazy("Send a whole number."),
            "min_value": gettext_lazy("Send a whole number."),
            "max_string_length": gettext_lazy("Send a whole number."),
        },
        help_text=gettext_lazy("Which page, from 1."),
    )
    page_size = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_PAGE_SIZE,
        error_messages={
            "invalid": gettext_lazy("Send a whole number."),
            "min_value": gettext_lazy("Send a number from 1 to 1000."),
            "max_value": gettext_lazy("Send a number from 1 to 1000."),
            "max_string_length": gettext_lazy("Send a number from 1 to 1000."),
        },
        help_text=gettext_lazy("Rows a page: 50 when left out, at most 1000."),
    )


def asked(request: Request, form: type[Filters], access: Access) -> dict[str, Any]:
    given = {name: value for name, value in request.query_params.dict().items() if value != ""}
    filters = form(data=given, context={"access": access})
    filters.is_valid(raise_exception=True)
    values: dict[str, Any] = filters.validated_data
    return values


class KnownUnit(serializers.CharField):
    """The code of a unit the actor knows of; any other gets one and the same message."""

    default_error_messages = {
        "unknown": gettext_lazy("There is no such unit."),
        "invalid": gettext_lazy("There is no such unit."),
        "blank": gettext_lazy("There is no such unit."),
        "null": gettext_lazy("This is required."),
        "required": gettext_lazy("This is required."),
    }

    def run_validation(self, data: Any = empty) -> Any:
        odd = not isinstance(data, str) or not _UNIT_CODE.fullmatch(data)
        if odd and data is not empty and data is not None:
            self.fail("unknown")
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> OrgUnit:  # type: ignore[override]
        access: Access = self.context["access"]
        paths = [held.node_path for held in access.held if held.unit_id is None]
        known = OrgUnit.objects.units().filter(code=data)
        unit = known.filter(
            models.Q(pk__in={held.unit_id for held in access.held if held.unit_id})
            | models.Q(pk__in=OrgUnit.objects.below(*paths))
        ).first()
        if unit is None:
            self.fail("unknown")
        return unit

    def to_representation(self, value: OrgUnit) -> str:  # type: ignore[override]
        return value.code


@extend_schema_field(OpenApiTypes.STR)
class UnitAsked(serializers.CharField):
    """A unit's code as a filter: its id, or NO_UNIT when there is none.

    It only narrows what the actor may see, so a unit of others answers as one that does not
    exist: with an empty list.
    """

    NO_UNIT = 0
    default_error_messages = {"malformed": gettext_lazy("Send the unit's code.")}

    def run_validation(self, data: Any = empty) -> Any:
        if data is not empty and not (isinstance(data, str) and _UNIT_CODE.fullmatch(data)):
            self.fail("malformed")
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> int:  # type: ignore[override]
        found = OrgUnit.objects.filter(level=Level.UNIT, code=data).values_list("pk", flat=True)
        return found.first() or self.NO_UNIT


class Pages(BasePagination):
    """`{"count", "next", "previous", "results"}` with page numbers.

    The links hold the known filters only, so nothing a caller put in an address is repeated.
    """

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "example": 123},
                "next": link,
                "previous": link,
                "results": schema,
            },
        }


class ListView(ApiView):
    """A list: `rows` filters, `row` renders; the rows shown are one entry in the trail."""

    pagination_class = Pages
    filters: type[Filters] = Filters
    row: type[serializers.Serializer[Any]]
    trail_action = ""

    def rows(self, question: dict[str, Any]) -> Any:
        """A queryset, or a list of what is counted and not kept; in a lasting order."""
        raise NotImplementedError

    def loaded(self, rows: Any, question: dict[str, Any]) -> Any:
        """The page's rows with all that they show; kept out of the counting."""
        return rows

    def context(self, question: dict[str, Any], page: list[Any]) -> dict[str, Any]:
        return {"on": self.access.on, "access": self.access}

    def log(self, page: list[Any]) -> None:
        """Write down that the page's rows were read."""
        if self.trail_action:
            trail.read(self.trail_action, page, by=self.by, at=self.at)

    def listing(self, request: Request) -> Response:
        question = asked(request, self.filters, self.access)
        size, number = question.get("page_size", PAGE_SIZE), question.get("page", 1)
        rows = self.rows(question)
        count = len(rows) if isinstance(rows, list) else rows.count()
        first = (number - 1) * size
        if first >= max(count, 1):
            raise Missing(_("There is no such page."))
        page = list(self.loaded(rows, question)[first : first + size])
        self.log(page)
        link = self._link(request, question)
        return Response(
            {
                "count": count,
                "next": link(number + 1) if first + size < count else None,
                "previous": link(number - 1) if number > 1 else None,
                "results": self.row(page, many=True, context=self.context(question, page)).data,
            }
        )

    def _link(self, request: Request, question: dict[str, Any]) -> Callable[[int], str]:
        given = request.query_params
        kept = {name: given[name] for name in question if name != "page" and given.get(name)}
        address = request.build_absolute_uri(request.path)
        return lambda page: f"{address}?{urlencode({**kept, 'page': page})}"


def only_codes(choices: type[models.TextChoices], **kwargs: Any) -> Code:
    return Code(choices=choices.choices, required=False, **kwargs)


def group_of(unit_id: int, code: str, field: str = "group") -> OrgUnit:
    """The unit's group with that code; Invalid otherwise."""
    found = OrgUnit.objects.filter(level=Level.GROUP, parent_id=unit_id, code=code).first()
    if found is None:
        raise Invalid({field: _("Choose one of the unit's groups that investigate.")})
    return found
