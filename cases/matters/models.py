"""The matter: the row on which everything hangs that any kind of case has.

Belongs here: the header of every matter, who works on it, and the base of the tables that hold what
is particular to a kind. What differs by kind otherwise is registered in `cases.matters.registry`.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

import pgtrigger
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from cases.enums import PartEnd
from cases.matters import querysets
from cases.matters import registry as matters
from core.constraints import ordered
from core.fields import LongText
from core.history import Guard, tracked
from organisation.models import OrgUnit, User

HEADER = ("number", "unit_id", "group_id", "child_id")
"""Columns that a kind's own row repeats, so that its constraints and indexes can name them."""


@tracked()
class Matter(models.Model):
    """A case of any kind: deadlines, notices, rights to read and whatever else hang on it.

    The row of its kind has the same id. `group` answers for it now; `child` is none where a matter
    is about no child. `part_of` is the matter it led to or was decided in: whoever works on that
    one, or leads its group, reads this one too. `closed_on` is empty while it is open. One that is
    `withdrawn` came about by mistake: it is in no list, no search and no figure.
    """

    kind = models.CharField(_("kind"), max_length=30)
    number = models.CharField(_("case number"), max_length=60, unique=True)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", db_index=False)
    group = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", db_index=False)
    child = models.ForeignKey(
        "cases.Person", models.PROTECT, null=True, blank=True, related_name="matters"
    )
    part_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    opened_on = models.DateField(_("opened"))
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    withdrawn = models.BooleanField(_("withdrawn"), default=False)

    objects = querysets.MatterQuerySet.as_manager()

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("matters")
        default_permissions = ()
        permissions = [("read_matter", _("May read the matter"))]
        constraints = [
            ordered("cases_matter_days_ordered", "opened_on", "closed_on"),
            models.CheckConstraint(
                name="cases_matter_kind_is_a_code", condition=Q(kind__regex="^[a-z][a-z_]*$")
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "group"],
                condition=Q(closed_on__isnull=True),
                name="cases_matter_open",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Where it is shown."""
        return matters.address(self.kind, self.pk)

    @property
    def is_open(self) -> bool:
        return self.closed_on is None

    @property
    def icon(self) -> str:
        return matters.kind(self.kind).icon

    @property
    def record(self) -> MatterRecord:
        """The row of its kind; a query, unless it was fetched with the matter."""
        found: MatterRecord = getattr(self, matters.kind(self.kind).code)
        return found

    def get_kind_display(self) -> str:
        return str(matters.kind(self.kind).name)


@tracked()
class MatterWorker(models.Model):
    """A worker's days with a part in a matter; `until_on` is the last.

    A part that began and ended on one day counts for none: its last day is the day before. Which
    parts there are, and what they are called, is said by the matter's kind.
    """

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="workers")
    # The index below begins with it.
    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    part = models.CharField(_("part"), max_length=20)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("to"), null=True, blank=True)
    # Nobody where the part came to them by itself, as when a colleague had to leave.
    assigned_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    assigned_at = models.DateTimeField(_("assigned"))
    end_reason = models.CharField(_("reason of change"), max_length=500, blank=True)
    handover_note = LongText(_("hand-over note"), blank=True)

    objects = querysets.MatterWorkerQuerySet.as_manager()

    class Meta:
        verbose_name = _("handler")
        verbose_name_plural = _("handlers")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="cases_matterworker_days_ordered",
                condition=Q(until_on__gte=F("from_on") - Value(timedelta(days=1))),
            ),
            models.UniqueConstraint(
                name="cases_matterworker_one_of_each_part",
                fields=["matter", "part"],
                condition=Q(until_on__isnull=True),
            ),
            models.UniqueConstraint(
                name="cases_matterworker_two_different_people",
                fields=["matter", "user"],
                condition=Q(until_on__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "part", "until_on"], name="cases_matterworker_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_part_display()}"

    def get_part_display(self) -> str:
        return matters.part_name(self.part)

    @property
    def why_it_ended(self) -> str:
        """The reason in words; of a conflict of interest that it is so, and never which."""
        code = self.end_reason
        return str(PartEnd(code).label) if code in PartEnd.values else code


class NumberSeries(models.Model):
    """The last number given out, per unit, year and letter (empty for reports, U, I)."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    letter = models.CharField(max_length=1, blank=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="cases_numberseries_once", fields=["unit", "year", "letter"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}-{self.year}-{self.letter}{self.last}"


_SAME = " ".join(f"AND m.{name} IS NOT DISTINCT FROM NEW.{name}" for name in HEADER)


class HeaderKept(Guard):
    """Refuse a row of a kind whose header says anything but its matter does."""

    name = "header_is_kept"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update
    func = (
        f"IF NOT EXISTS (SELECT FROM cases_matter m WHERE m.id = NEW.id {_SAME})"
        " THEN RAISE EXCEPTION 'the matter of % says otherwise', TG_TABLE_NAME"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;"
    )


class NotFetched(RuntimeError):
    """What was not fetched with a row is asked of it.

    Not an AttributeError: a template or a serializer would show one as nobody, or as nothing due.
    """


class InMatter:
    """A row that stands in a matter: whose it is, so that the trail says whose text was read.

    `IN` is the column of that matter's own row.
    """

    IN: ClassVar[str]

    @property
    def child_id(self) -> int | None:
        found: int | None = getattr(self, self.IN).child_id
        return found

    @property
    def unit_id(self) -> int:
        found: int = getattr(self, self.IN).unit_id
        return found


class MatterRecord(models.Model):
    """What is particular to one kind of matter; saved, it keeps its matter's header with it.

    A kind says its code (`KIND`), which of its columns the header is made of beside those of
    `HEADER` (`HEADER_FROM`), and the days: `opened`, `closed`.
    """

    KIND: ClassVar[str]
    HEADER_FROM: ClassVar[frozenset[str]]

    matter = models.OneToOneField(
        Matter, models.PROTECT, primary_key=True, db_column="id", related_name="%(class)s"
    )
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    group = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", verbose_name=_("group"))
    number = models.CharField(_("case number"), max_length=60, unique=True)
    child = models.ForeignKey(
        "cases.Person", models.PROTECT, related_name="%(class)ss", verbose_name=_("child")
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True
        triggers = [HeaderKept()]

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            if self.matter_id is None:  # type: ignore[attr-defined]
                self.matter = Matter.objects.create(kind=self.KIND, **self.header())
                kwargs["force_insert"] = True
            elif self._touches_header(kwargs.get("update_fields")):
                self.keep_header()
            super().save(*args, **kwargs)

    @property
    def id(self) -> int:
        """The matter's id, which is this row's too."""
        return self.matter_id  # type: ignore[no-any-return,attr-defined]

    def opened(self) -> date:
        """The day the matter counts from."""
        raise NotImplementedError

    def closed(self) -> date | None:
        """The day nothing of it was left to do; None while it is open."""
        raise NotImplementedError

    def is_withdrawn(self) -> bool:
        """Whether it came about by mistake and counts no more."""
        return False

    def led_to(self) -> int | None:
        """Id of the matter this one is part of."""
        return None

    def header(self) -> dict[str, Any]:
        return {
            **{name: getattr(self, name) for name in HEADER},
            "part_of_id": self.led_to(),
            "opened_on": self.opened(),
            "closed_on": self.closed(),
            "withdrawn": self.is_withdrawn(),
        }

    def keep_header(self) -> None:
        """Write in the matter what this row says of it."""
        header = self.header()
        Matter.objects.filter(pk=self.pk).update(**header)
        if "matter" in self._state.fields_cache:
            for name, value in header.items():
                setattr(self.matter, name, value)

    def _touches_header(self, names: Any) -> bool:
        if names is None:
            return True
        return not self.HEADER_FROM.isdisjoint(names) or not set(HEADER).isdisjoint(
            {*names, *(f"{name}_id" for name in names)}
        )

    def workers_with(self, *parts: str) -> list[User]:
        """Those with one of the parts (any, when none is named) among `workers_today`.

        NotFetched unless the rows were fetched `with_workers`.
        """
        rows = self._fetched("workers_today")
        return [row.user for row in rows if not parts or row.part in parts]

    @property
    def duties(self) -> list[Any]:
        """Its deadlines in order. NotFetched unless the rows were fetched `with_deadlines`."""
        return self._fetched("duties")

    def _fetched(self, name: str) -> list[Any]:
        rows: list[Any] | None = getattr(self.matter, name, None)
        if rows is None:
            raise NotFetched(f"{type(self).__name__} was fetched without {name}")
        return rows
