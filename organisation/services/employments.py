"""Employments and consultants' hires, and the terms they are on."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core import trail
from core.errors import Conflict, Invalid, Missing
from organisation.enums import EmploymentForm, EndReason, Experience, Level
from organisation.full_time import HoursSpan, Terms, first_day_over, parts
from organisation.models import Employment, EmploymentTerms, OrgUnit, RoleAssignment, User
from organisation.services.absences import staffs
from organisation.services.roles import checked_period, end_role, one_at_a_time
from organisation.services.tree import must_administer


def _at_most_full_time(
    user: User,
    mine: list[HoursSpan],
    *,
    field: str,
    of: Employment | None = None,
) -> None:
    """Invalid, at the field, when the parts are more than full time with the person's others.

    `of` is the employment they are of, as it stands: what is no more than it was is let through.
    """
    others: list[tuple[Employment, list[HoursSpan]]] = [
        (row, _parts(row))
        for row in Employment.objects.filter(user=user)
        .exclude(pk=of.pk if of else 0)
        .select_related("administration")
        .prefetch_related("terms")
    ]
    over = first_day_over(
        mine,
        [part for _row, found in others for part in found],
        before=_parts(of) if of else (),
    )
    if over is None:
        return
    day, together = over
    beside = next(
        row
        for row, found in others
        if any(part.percent and part.from_on <= day <= part.until_on for part in found)
    )
    raise Invalid(
        {
            field: _(
                "From %(day)s it is %(percent)s %% together with the employment as"
                " %(profession)s, %(where)s: more than full time. End that one first, or put it"
                " on leave."
            )
            % {
                "day": day.isoformat(),
                "percent": together,
                "profession": beside.profession.lower(),
                "where": beside.administration.name,
            }
        }
    )


def _parts(
    row: Employment, *, ended_on: date | None = None, changed: Terms | None = None
) -> list[HoursSpan]:
    """The employment's parts; with another end, or with terms that are new from a day."""
    terms: dict[date, Terms] = {
        row.started_on: (row.started_on, row.hours_percent, row.on_leave),
        **{one.from_on: (one.from_on, one.hours_percent, one.on_leave) for one in row.terms.all()},
    }
    if changed is not None:
        terms[changed[0]] = changed
    return parts(terms.values(), until_on=ended_on or row.ended_on)


@transaction.atomic
def employ(
    *,
    user: User,
    administration: OrgUnit,
    profession: str,
    form: str,
    started_on: date,
    by: User,
    at: datetime,
    unit: OrgUnit | None = None,
    hours_percent: int = 100,
    experience: str = Experience.USED,
    ended_on: date | None = None,
    end_reason: str = "",
    on_leave: bool = False,
) -> Employment:
    """Record an employment or a consultant's hire.

    With the person's other employments it is at most full time on each day.
    """
    must_administer(by, at=at)
    errors: dict[str, str] = {}
    for name, value, choices in (
        ("form", form, EmploymentForm),
        ("experience", experience, Experience),
    ):
        if value not in choices.values:
            errors[name] = _("Choose one of the alternatives.")
    if end_reason and end_reason not in EndReason.values:
        errors["end_reason"] = _("Choose one of the alternatives.")
    if administration.level != Level.ADMINISTRATION:
        errors["administration"] = _("Choose a district administration.")
    if unit is not None and not unit.path.startswith(administration.path):
        errors["unit"] = _("The unit is in another administration.")
    if not profession.strip():
        errors["profession"] = _("Write the profession.")
    if not 1 <= hours_percent <= 100:
        errors["hours_percent"] = _("Between 1 and 100 per cent.")
    if ended_on is None and end_reason:
        errors["end_reason"] = _("A reason is given when the employment has ended.")
    if errors:
        raise Invalid(errors)
    checked_period(started_on, ended_on, name="ended_on")
    one_at_a_time(user)
    mine = parts([(started_on, hours_percent, on_leave)], until_on=ended_on)
    _at_most_full_time(user, mine, field="started_on")
    employment = Employment.objects.create(
        user=user,
        administration=administration,
        unit=unit,
        profession=profession.strip(),
        form=form,
        hours_percent=hours_percent,
        experience=experience,
        started_on=started_on,
        ended_on=ended_on,
        end_reason=end_reason,
        on_leave=on_leave,
    )
    trail.changed("organisation.employed", employment, by=by, at=at, user=user.pk, form=form)
    return employment


@transaction.atomic
def end_employment(
    employment_id: int,
    *,
    ended_on: date,
    end_reason: str,
    by: User,
    at: datetime,
    roles_end: bool = False,
) -> Employment:
    """End an employment with its reason; with `roles_end` every role ends the same day.

    Conflict when somebody has to be system administrator after it.
    """
    must_administer(by, at=at)
    employment = (
        Employment.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=employment_id)
        .first()
    )
    if employment is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    if end_reason not in EndReason.values:
        raise Invalid({"end_reason": _("Choose one of the alternatives.")})
    checked_period(employment.started_on, ended_on, name="ended_on")
    one_at_a_time(employment.user)
    _at_most_full_time(
        employment.user, _parts(employment, ended_on=ended_on), field="ended_on", of=employment
    )
    employment.ended_on, employment.end_reason = ended_on, end_reason
    employment.save(update_fields=["ended_on", "end_reason"])
    trail.changed("organisation.employment_ended", employment, by=by, at=at, reason_code=end_reason)
    if roles_end:
        held = RoleAssignment.objects.ending_after(ended_on + timedelta(days=1))
        for role in held.filter(user=employment.user_id).order_by("pk"):
            if role.from_on > ended_on:
                raise Conflict(
                    _("%(role)s begins after the last day, %(day)s: end that role first.")
                    % {"role": role.get_role_display(), "day": role.from_on.isoformat()}
                )
            end_role(role.pk, until_on=ended_on, by=by, at=at)
    return employment


@transaction.atomic
def change_employment(
    employment_id: int,
    *,
    from_on: date,
    hours_percent: int,
    experience: str,
    on_leave: bool,
    by: User,
    at: datetime,
) -> EmploymentTerms:
    """Change hours, experience or leave from a day on; the terms before stay as they were.

    By the system administrator, or the unit head of where the person works. A change on the day of
    another replaces it.
    """
    employment = (
        Employment.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=employment_id)
        .first()
    )
    if employment is None:
        raise Missing(_("It does not exist, or is not yours to see."))
    staffs(employment.user, by=by, at=at)
    errors: dict[str, str] = {}
    if from_on <= employment.started_on:
        errors["from_on"] = _("The change has to be after the employment began.")
    if employment.ended_on is not None and from_on > employment.ended_on:
        errors["from_on"] = _("The employment has ended by then.")
    if not 1 <= hours_percent <= 100:
        errors["hours_percent"] = _("Between 1 and 100 per cent.")
    if experience not in Experience.values:
        errors["experience"] = _("Choose one of the alternatives.")
    if errors:
        raise Invalid(errors)
    one_at_a_time(employment.user)
    _at_most_full_time(
        employment.user,
        _parts(employment, changed=(from_on, hours_percent, on_leave)),
        field="hours_percent",
        of=employment,
    )
    terms, made = EmploymentTerms.objects.update_or_create(
        employment=employment,
        from_on=from_on,
        defaults={
            "hours_percent": hours_percent,
            "experience": experience,
            "on_leave": on_leave,
        },
    )
    trail.changed(
        "organisation.employment_changed",
        employment,
        by=by,
        at=at,
        user=employment.user_id,
        from_on=from_on.isoformat(),
        replaced=not made,
    )
    return terms
