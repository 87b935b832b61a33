"""The tree of the organisation and the people in it, each tie with its days from and to.

Belongs here: who is where, as what, since when. Does not: what they may do (`permissions`).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth import get_backends
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from core.constraints import one_of, ordered
from core.history import tracked
from core.names import Keys, NameField, in_order
from core.wording import UNKNOWN_END
from organisation import querysets
from organisation.enums import (
    END_UNKNOWN,
    AbsenceReason,
    DelegatedDecision,
    EmploymentForm,
    EndReason,
    Experience,
    GroupFunction,
    Level,
    Role,
    TokenScope,
)
from organisation.login_models import ClaimedRole, EndedSession, KnownDevice, LoginThrottle

__all__ = [
    "Absence",
    "ApiToken",
    "ClaimedRole",
    "Delegation",
    "Employment",
    "EndedSession",
    "FormerName",
    "KnownDevice",
    "LoginThrottle",
    "OrgUnit",
    "RoleAssignment",
    "User",
]


@tracked()
class OrgUnit(models.Model):
    """A node of the one tree: municipality > administration > department > unit > group.

    `path` is the chain of ids from the root, `/1/4/9/`; a subtree is a prefix. `unit` is the
    node's unit for groups and the node itself for units, so cases need no climbing.
    """

    level = models.CharField(_("level"), max_length=20, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    code = models.SlugField(_("code"), max_length=40, allow_unicode=True)
    name = models.CharField(_("name"), max_length=120)
    path = models.CharField(max_length=200, editable=False, default="", db_collation="C")
    function = models.CharField(_("function"), max_length=20, choices=GroupFunction, blank=True)
    active = models.BooleanField(_("in use"), default=True)

    objects = querysets.OrgUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("part of the organisation")
        verbose_name_plural = _("parts of the organisation")
        ordering = ["name"]
        constraints = [
            one_of("organisation_orgunit_level", "level", Level.values),
            models.CheckConstraint(
                name="organisation_orgunit_only_root_without_parent",
                condition=Q(level=Level.MUNICIPALITY, parent__isnull=True)
                | (~Q(level=Level.MUNICIPALITY) & Q(parent__isnull=False)),
            ),
            models.CheckConstraint(
                name="organisation_orgunit_function_for_groups",
                condition=(Q(level=Level.GROUP) & ~Q(function=""))
                | (~Q(level=Level.GROUP) & Q(function="")),
            ),
            models.UniqueConstraint(
                name="organisation_orgunit_code_unique",
                fields=["code"],
                condition=~Q(level=Level.GROUP),
            ),
            models.UniqueConstraint(
                name="organisation_orgunit_group_code_unique",
                fields=["parent", "code"],
                condition=Q(level=Level.GROUP),
            ),
        ]
        indexes = [models.Index(fields=["path"], name="organisation_orgunit_path")]

    def __str__(self) -> str:
        return self.name


@tracked(exclude=["password", "last_login", "session_epoch"])
class User(AbstractUser):
    """A member of staff, with or without a login of their own.

    Sessions made before `session_epoch` was last raised are refused at their next request.
    """

    first_name = NameField(_("first name"), max_length=150, blank=True)
    last_name = NameField(_("last name"), max_length=150, blank=True)
    employee_number = models.CharField(
        _("employee number"), max_length=40, null=True, blank=True, unique=True
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=[("sv", "Svenska"), ("en", "English")], default="sv"
    )
    must_change_password = models.BooleanField(_("has to choose a new password"), default=False)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    objects = querysets.UserManager()  # type: ignore[misc]

    class Meta(AbstractUser.Meta):
        verbose_name = _("member of staff")  # type: ignore[assignment]
        verbose_name_plural = _("staff")  # type: ignore[assignment]
        ordering = [*in_order(), "username"]
        indexes = [GinIndex(Keys(*querysets.STAFF_NAMES), name="organisation_user_name_keys")]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Of an object as the backends answer: being Django's superuser opens nobody's case."""
        if obj is None:
            return super().has_perm(perm)
        return any(backend.has_perm(self, perm, obj) for backend in get_backends())

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What ties a session to the password, here also to `session_epoch`."""
        return salted_hmac(
            "organisation.User.session",
            f"{self.password}:{self.session_epoch}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()


@tracked()
class FormerName(models.Model):
    """What a member of staff was called until a day: found by it still, shown as called now.

    Signed texts keep the name they were signed with themselves.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="former_names")
    first_name = NameField(_("first name"), max_length=150, blank=True)
    last_name = NameField(_("last name"), max_length=150, blank=True)
    until_on = models.DateField(_("to"))

    class Meta:
        verbose_name = _("former name")
        verbose_name_plural = _("former names")
        default_permissions = ()
        ordering = ["-until_on", "-pk"]
        indexes = [
            GinIndex(Keys(*querysets.FORMER_NAMES), name="organisation_formername_keys"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@tracked()
class Employment(models.Model):
    """One employment or hire of a person; days are inclusive, an open end is null."""

    user = models.ForeignKey(User, models.PROTECT, related_name="employments")
    administration = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="employments", verbose_name=_("administration")
    )
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, null=True, blank=True, related_name="unit_employments"
    )
    profession = models.CharField(_("profession"), max_length=80)
    form = models.CharField(_("form"), max_length=20, choices=EmploymentForm)
    hours_percent = models.PositiveSmallIntegerField(_("hours, % of full time"), default=100)
    experience = models.CharField(
        _("experience"), max_length=20, choices=Experience, default=Experience.USED
    )
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("to"), null=True, blank=True)
    end_reason = models.CharField(_("reason"), max_length=30, choices=EndReason, blank=True)
    on_leave = models.BooleanField(_("on leave"), default=False)

    objects = querysets.EmploymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("employment")
        verbose_name_plural = _("employments")
        ordering = ["-started_on"]
        constraints = [
            ordered("organisation_employment_days_ordered", "started_on", "ended_on"),
            one_of("organisation_employment_form", "form", EmploymentForm.values),
            models.CheckConstraint(
                name="organisation_employment_hours",
                condition=Q(hours_percent__gte=1, hours_percent__lte=100),
            ),
            models.CheckConstraint(
                name="organisation_employment_reason_when_ended",
                condition=Q(ended_on__isnull=False) | Q(end_reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["administration", "started_on"], name="organisation_empl_adm")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.profession} {self.started_on}"

    @property
    def experience_label(self) -> str:
        """The experience on the day asked for, of a row from `with_terms`."""
        return str(Experience(getattr(self, "experience_on", self.experience)).label)


@tracked()
class EmploymentTerms(models.Model):
    """New terms of an employment from a day on: hours, experience, leave.

    The employment itself keeps the terms it began with, so any past day can be asked again; see
    `EmploymentQuerySet.with_terms`.
    """

    employment = models.ForeignKey(Employment, models.PROTECT, related_name="terms")
    from_on = models.DateField(_("from"))
    hours_percent = models.PositiveSmallIntegerField(_("hours, % of full time"))
    experience = models.CharField(_("experience"), max_length=20, choices=Experience)
    on_leave = models.BooleanField(_("on leave"), default=False)

    class Meta:
        verbose_name = _("terms of employment")
        verbose_name_plural = _("terms of employment")
        ordering = ["from_on"]
        constraints = [
            models.UniqueConstraint(
                name="organisation_employmentterms_one_a_day", fields=["employment", "from_on"]
            ),
            one_of("organisation_employmentterms_experience", "experience", Experience.values),
            models.CheckConstraint(
                name="organisation_employmentterms_hours",
                condition=Q(hours_percent__gte=1, hours_percent__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employment} {self.from_on}: {self.hours_percent} %"


@tracked()
class RoleAssignment(models.Model):
    """A role held at a node from a day to a day, both included."""

    user = models.ForeignKey(User, models.PROTECT, related_name="role_assignments")
    role = models.CharField(_("role"), max_length=30, choices=Role)
    node = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="role_assignments", verbose_name=_("where")
    )
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("to"), null=True, blank=True)

    objects = querysets.PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["user", "role"]
        constraints = [
            ordered("organisation_roleassignment_days_ordered", "from_on", "until_on"),
            one_of("organisation_roleassignment_role", "role", Role.values),
            models.UniqueConstraint(
                name="organisation_roleassignment_once",
                fields=["user", "role", "node", "from_on"],
            ),
        ]
        indexes = [models.Index(fields=["node", "role"], name="organisation_role_node")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.node}"


@tracked()
class Absence(models.Model):
    """Days away, with the colleague who takes over deadlines and notices meanwhile.

    Of an illness the end may be unknown: `until_on` is empty, and it lasts until further notice.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="absences")
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("to"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=20, choices=AbsenceReason)
    stand_in = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="standing_in",
        verbose_name=_("stand-in"),
    )

    objects = querysets.PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-from_on"]
        constraints = [
            ordered("organisation_absence_days_ordered", "from_on", "until_on"),
            models.CheckConstraint(
                name="organisation_absence_unknown_end_of_illness",
                condition=Q(until_on__isnull=False) | Q(reason__in=sorted(END_UNKNOWN)),
            ),
            models.CheckConstraint(
                name="organisation_absence_stand_in_is_another",
                condition=Q(stand_in__isnull=True) | ~Q(stand_in=F("user")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["stand_in", "from_on", "until_on"], name="organisation_absence_stand"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.from_on} - {self.until_on or ''}"

    @property
    def away_until(self) -> date:
        """The last day; `core.wording.UNKNOWN_END` until further notice."""
        return self.until_on or UNKNOWN_END


@tracked()
class Delegation(models.Model):
    """A line of the unit's delegation order: a role that may take a decision beside its leaders."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="delegations")
    decision = models.CharField(_("decision"), max_length=20, choices=DelegatedDecision)
    role = models.CharField(_("role"), max_length=30, choices=Role)

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints = [
            models.UniqueConstraint(
                name="organisation_delegation_once", fields=["unit", "decision", "role"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()}: {self.get_role_display()}"


def everything() -> list[str]:
    """The scopes of a token made without a word about them."""
    return [TokenScope.ALL.value]


class ApiToken(models.Model):
    """A key to the API, acting as its user until it expires or is revoked.

    Only the SHA-256 of the 256 random bits is kept, so a copy of the database opens nothing;
    `prefix` is the beginning, for telling tokens apart. `last_used_at` is right to the hour,
    `refused_at` to the minute. `scopes` narrow what the user may do.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80, blank=True)
    prefix = models.CharField(_("begins with"), max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=40, choices=TokenScope), default=everything)
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    refused_at = models.DateTimeField(_("last refused"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="organisation_apitoken_expires_after_made",
                condition=Q(expires_at__gt=F("created_at")),
            ),
            models.CheckConstraint(
                name="organisation_apitoken_digest_is_sha256",
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"),
            ),
            models.UniqueConstraint(
                name="organisation_apitoken_prefix_once", fields=["user", "prefix"]
            ),
            models.CheckConstraint(
                name="organisation_apitoken_scopes",
                condition=Q(scopes__contained_by=TokenScope.values) & ~Q(scopes=[]),
            ),
        ]

    def __str__(self) -> str:
        return self.prefix
