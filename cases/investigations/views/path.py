"""The path of an investigation, and the one thing to do now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from cases.deadlines.models import Deadline
from cases.enums import DeadlineStatus, InvestigationStatus, NoteKind
from cases.investigations.progress import next_step, steps
from cases.investigations.views.permitted import PermittedInvestigation
from cases.law import rules
from core.decisions import Decision

TABS = ("case", "events")
IN_PLACE = {
    "planned": "plan",
    "child": "notes",
    "guardians": "guardians",
    "risk": "risk",
    "violence": "violence",
    "communicated": "communication",
    "concluded": "conclusion",
}
"""Steps whose form opens in a section of the case page, by the id of the section."""
ON_EVENTS_TAB = frozenset({"readers"})


def page_url(pk: int, anchor: str = "") -> str:
    """The case page, on the tab where the section stands and scrolled to it."""
    query = "?tab=events" if anchor in ON_EVENTS_TAB else ""
    return reverse("investigation", args=[pk]) + query + (f"#{anchor}" if anchor else "")


def link(name: str, *args: Any) -> str:
    """The address of a page, empty where the installation has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is to be done now: the main action of the page, or why it waits for somebody else."""

    label: str
    url: str
    decision: Decision
    waits_for: str = ""
    posts: bool = False
    place: str = ""
    """The section of the case page in which the form of the step opens."""


class InvestigationPath(PermittedInvestigation):
    """The investigation with its steps, as `cases.investigations.progress` has them."""

    @cached_property
    def deadlines(self) -> list[Any]:
        return list(
            Deadline.objects.filter(matter=self.investigation.pk)
            .with_status(on=self.today)
            .order_by("due_on", "pk")
        )

    @cached_property
    def is_overdue(self) -> bool:
        return any(one.status == DeadlineStatus.OVERDUE for one in self.deadlines)

    @cached_property
    def path(self) -> list[rules.Step]:
        return steps(self.investigation)

    @property
    def step_marks(self) -> list[dict[str, str]]:
        """The path as the component draws it; a step never taken says so afterwards."""
        marks = []
        for step in self.path:
            state, note = str(step.state), step.detail
            if step.state is rules.StepState.NOT_NEEDED:
                state, note = "left", _("not recorded")
            elif step.code == "concluded" and self.is_overdue:
                state = "late"
            elif step.state is rules.StepState.DONE and step.code != "child":
                note = ""
            marks.append(
                {
                    "label": step.label,
                    "state": state,
                    "note": note,
                    "url": page_url(self.investigation.pk, step.anchor),
                }
            )
        return marks

    @cached_property
    def next(self) -> NextStep | None:
        """The main action of the moment; None when the investigation is concluded."""
        step = next_step(self.investigation)
        if step is None:
            return None
        label, url, decision = self._action(step.code)
        waits_for = ""
        if not decision and self.may_work and step.code in ("allocated", "read", "concluded"):
            waits_for = _("It is the group leader's to do now.")
        return NextStep(
            label=label,
            url=url,
            decision=decision,
            waits_for=waits_for,
            posts=url == link("investigation_submit", self.investigation.pk),
            place=IN_PLACE.get(step.code, ""),
        )

    def _action(self, code: str) -> tuple[str, str, Decision]:
        def at(name: str) -> str:
            return link(name, self.investigation.pk)

        to_read = self.investigation.status == InvestigationStatus.TO_READ
        if code == "read" and not to_read:
            return _("Hand the document to the leader"), at("investigation_submit"), self.may_submit
        guardian_known = self.investigation.guardian_count > 0
        actions: dict[str, tuple[str, str, Decision]] = {
            "allocated": (_("Give it to a pair"), at("investigation_assign"), self.may_assign),
            "planned": (_("Write the plan"), at("investigation_plan"), self.may_work),
            "child": (
                _("Write down a conversation with the child"),
                at("investigation_note") + f"?kind={NoteKind.CHILD_CONVERSATION}",
                self.may_work,
            ),
            "guardians": (
                _("Record that a guardian takes part")
                if guardian_known
                else _("Record the guardians"),
                at("investigation_participation" if guardian_known else "investigation_guardian"),
                self.may_work,
            ),
            "risk": (_("Assess protection and risk"), at("investigation_risk"), self.may_work),
            "violence": (
                _("Answer about violence and police report"),
                at("investigation_protection"),
                self.may_work,
            ),
            "document": (
                _("Write the decision document"),
                at("investigation_document"),
                self.may_write_document,
            ),
            "communicated": (
                _("Communicate with guardians and child"),
                at("investigation_communicate"),
                self.may_work,
            ),
            "read": (_("Read the document"), at("investigation_document"), self.may_read_document),
            "concluded": (
                _("End the investigation"),
                at("investigation_conclude"),
                self.may_conclude,
            ),
        }
        return actions[code]
