"""Named reads of notices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Count, F, Max, Q, Value, When, Window
from django.db.models.functions import RowNumber, TruncDate

from cases.enums import Rung
from core.calendar import ONE_DAY, STOCKHOLM, day_start, local_date
from organisation.permissions import Access

if TYPE_CHECKING:
    from cases.notices.models import Notice

MOST_INSIDE = 200
"""Notices of one bundle that are fetched; when some are read the next come."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The notices of one kind (and stage) of one day, read or unread.

    The stage is the rung of a reminder; all later weeks are one.
    """

    kind: str
    stage: str
    day: date
    unread: bool
    count: int = 0

    @property
    def key(self) -> str:
        return "|".join([self.day.isoformat(), self.kind, self.stage, "1" if self.unread else "0"])

    @classmethod
    def of(cls, notice: Notice) -> Bundle:
        """That the notice belongs to."""
        day = local_date(notice.created_at)
        stage = Rung.WEEKLY.value if notice.rung.startswith(Rung.WEEKLY) else notice.rung
        return cls(notice.kind, stage, day, notice.read_at is None)

    @classmethod
    def parse(cls, key: str) -> Bundle:
        """That of a key. ValueError when it is none."""
        if len(key) > 100 or "\x00" in key:
            raise ValueError("too long")
        day, kind, stage, unread = key.split("|")
        return cls(kind, stage, date.fromisoformat(day), unread == "1")


def bundles_of(rows: Iterable[dict[str, Any]]) -> list[Bundle]:
    """The rows of `bundles`."""
    return [
        Bundle(row["kind"], row["stage"], row["day"], row["is_unread"], row["count"])
        for row in rows
    ]


class NoticeQuerySet(models.QuerySet):
    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def of(self, user_id: int) -> Self:
        return self.filter(recipient_id=user_id)

    def shown_to(self, access: Access) -> Self:
        """The person's own notices, but of no child they have a conflict of interest with."""
        mine = self.of(access.user_id)
        if access.blocked:
            for about in ("matter", "deadline", "emergency"):
                child = f"{about}__child"
                mine = mine.filter(
                    Q(**{f"{child}__isnull": True}) | ~Q(**{f"{child}__in": access.blocked})
                )
        return mine

    def bundles(self) -> Any:
        """Rows for `bundles_of`: unread first, and then those with the latest notice."""
        return (
            self.order_by()
            .annotate(**_bundled_by())
            .values("kind", "stage", "is_unread", "day")
            .annotate(count=Count("pk"), latest=Max("created_at"), last=Max("pk"))
            .order_by("-is_unread", "-latest", "-last")
        )

    def in_bundle(self, bundle: Bundle) -> Self:
        return self.filter(_within(bundle))

    def in_bundles(self, bundles: Sequence[Bundle]) -> Self:
        """The notices of the bundles, of each the latest, `with_matter`; the latest first."""
        if not bundles:
            return self.none()
        among = Q()
        for bundle in bundles:
            among |= _within(bundle)
        placed = (
            self.filter(among)
            .annotate(**_bundled_by())
            .annotate(
                place=Window(
                    RowNumber(),
                    partition_by=[F("kind"), F("stage"), F("is_unread"), F("day")],
                    order_by=[F("created_at").desc(), F("pk").desc()],
                )
            )
        )
        ids = placed.filter(place__lte=MOST_INSIDE).values("pk")
        return self.model._default_manager.filter(pk__in=ids).with_matter()  # type: ignore[attr-defined, no-any-return]

    def with_matter(self) -> Self:
        """The case each is about, by its number alone."""
        return self.select_related("matter", "deadline__matter").only(
            "kind",
            "rung",
            "due_on",
            "topic_id",
            "created_at",
            "read_at",
            "emergency",
            "matter__number",
            "matter__kind",
            "deadline__kind",
            "deadline__due_on",
            "deadline__matter__number",
            "deadline__matter__kind",
        )


def _bundled_by() -> dict[str, Any]:
    unread = Q(read_at__isnull=True)
    return {
        "is_unread": models.ExpressionWrapper(unread, output_field=models.BooleanField()),
        "day": TruncDate("created_at", tzinfo=STOCKHOLM),
        "stage": Case(
            When(rung__startswith=Rung.WEEKLY, then=Value(Rung.WEEKLY)), default=F("rung")
        ),
    }


def _within(bundle: Bundle) -> Q:
    weekly = bundle.stage == Rung.WEEKLY
    return Q(
        **{"rung__startswith" if weekly else "rung": bundle.stage},
        kind=bundle.kind,
        read_at__isnull=bundle.unread,
        created_at__gte=day_start(bundle.day),
        created_at__lt=day_start(bundle.day + ONE_DAY),
    )
