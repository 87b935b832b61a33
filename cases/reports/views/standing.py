"""How a report stands for one reader: what may be done, why not, and what is known."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.corrections import services as corrections
from cases.corrections.texts import Told, history
from cases.deadlines.models import Deadline
from cases.enums import (
    MANDATED_REPORTERS,
    CorrectionAct,
    DeadlineKind,
    DeadlineStatus,
    InvestigationStatus,
    OpeningOutcome,
    SeriousTalkResult,
)
from cases.investigations.models import Investigation
from cases.law import rules
from cases.law.duties import opening_due_on
from cases.matters.working import reach
from cases.persons.whereabouts import hides_organisation
from cases.reports.earlier_matters import known_of
from cases.reports.facts import tells_now
from cases.reports.models import OpeningDecision, Report
from cases.reports.services import action_to_correct
from cases.reports.views.lines import lines, page_rows
from cases.signing.texts import with_additions
from core.decisions import Allowed, Decision, Denied, both
from organisation.rights import Action
from organisation.views.requests import StaffRequest


class ReportStanding:
    """One report before one reader. Each `may_...` is a decision with its reason."""

    def __init__(self, request: StaffRequest, report: Report) -> None:
        self.request = request
        self.report = report
        self.access = request.access
        self.today = request.today
        self.reach = reach(report, on=self.access.on)
        self.assessment = getattr(report, "protection_assessment", None)
        self.proposal = getattr(report, "proposal", None)
        self.decision = getattr(report, "decision", None)
        self.feedback = getattr(report, "feedback", None)
        self.talk = getattr(report, "serious_talk", None)

    # Rights and state

    def may(self, action: Action) -> Decision:
        return self.access.ask(action, **self.reach)

    @cached_property
    def may_disclose(self) -> Decision:
        return self.may(Action.PREPARE_DISCLOSURE)

    @cached_property
    def may_add(self) -> Decision:
        return self.may(Action.PROPOSE_DECISION)

    @cached_property
    def may_assess(self) -> Decision:
        return both(
            rules.may_assess_protection(
                already_assessed=self.assessment is not None,
                outcome=self.decision.outcome if self.decision else None,
                decided_on=self.decision.decided_on if self.decision else None,
            ),
            self.may(Action.ASSESS_PROTECTION),
        )

    @cached_property
    def undecided(self) -> Decision:
        if self.report.is_decided:
            return Denied(_("A decision has already been taken on this report."))
        return Allowed()

    @cached_property
    def may_propose(self) -> Decision:
        return both(self.undecided, self.may(Action.PROPOSE_DECISION))

    @cached_property
    def may_decide(self) -> Decision:
        return both(self.undecided, self.may(Action.DECIDE_OPENING))

    @cached_property
    def may_feed_back(self) -> Decision:
        return both(
            rules.may_give_feedback(
                decided=self.report.is_decided,
                wanted=self.report.wants_feedback,
                given=self.feedback is not None and tells_now(self.report, self.feedback),
                already_runs=self.known.open_investigation is not None,
            ),
            self.may(Action.GIVE_FEEDBACK),
        )

    @cached_property
    def may_ask_feedback(self) -> Decision:
        return both(
            rules.may_ask_feedback(
                mandated=self.report.reporter_category in MANDATED_REPORTERS,
                wanted=self.report.wants_feedback,
            ),
            self.may(Action.GIVE_FEEDBACK),
        )

    @cached_property
    def may_join(self) -> Decision:
        """To let it join the open investigation with one press."""
        current = self.known.open_investigation
        return both(
            rules.may_join(
                status=self.report.status,
                open_investigation=current is not None,
                late=(current is not None and self.is_late and current.opened_on > self.last_day),
            ),
            self.may(Action.PROPOSE_DECISION),
        )

    @property
    def needs_assessment_first(self) -> bool:
        """Whether a decision on it asks why no protection assessment is written."""
        return rules.needs_assessment_first(
            kind=self.report.kind,
            outcome=OpeningOutcome.DO_NOT_OPEN,
            assessed=self.assessment is not None,
        )

    @cached_property
    def may_talk(self) -> Decision:
        waiting = self.talk is not None and self.talk.result == SeriousTalkResult.BOOKED
        return both(
            rules.may_offer_serious_talk(
                child_suspected=self.report.child_suspected,
                offered=self.talk is not None and not waiting,
            ),
            self.may(Action.OFFER_SERIOUS_TALK),
        )

    @cached_property
    def may_correct(self) -> Decision:
        return self.may(action_to_correct(self.report))

    @cached_property
    def may_decide_on(self) -> Decision:
        """Who decides on the report moves it, and takes corrections back."""
        return self.may(Action.DECIDE_OPENING)

    @cached_property
    def may_withdraw(self) -> Decision:
        return both(rules.may_withdraw(status=self.report.status), self.may_decide_on)

    @cached_property
    def may_reverse(self) -> Decision:
        return both(rules.may_reverse_decision(decided=self.report.is_decided), self.may_decide_on)

    @property
    def may_undo(self) -> Decision:
        return self.may_decide_on

    # What is known

    @cached_property
    def hides_organisation(self) -> bool:
        """Whether who reported tells where a child with protected identity is."""
        return hides_organisation(self.report, self.access)

    @cached_property
    def corrections(self) -> list[Told]:
        told = history(self.report.pk)
        if self.hides_organisation:
            for one in told:
                one.changes[:] = [change for change in one.changes if not change.tells_reporter]
        return told

    @cached_property
    def undoable(self) -> Any:
        """The latest act that one press takes back."""
        return corrections.standing(self.report.pk) if self.corrections else None

    @cached_property
    def reversed_decisions(self) -> list[Any]:
        """Decisions that were taken by mistake, the first first; they stay readable."""
        rows = OpeningDecision.objects.filter(report=self.report, standing_for__isnull=True)
        found = with_additions(
            "decision", rows.select_related("decided_by", "signed_by").order_by("pk")
        )
        opened = {
            one.row.subject_id: one.row.kept.get("investigation")
            for one in self.corrections
            if one.row.act == CorrectionAct.REVERSED
        }
        if found and any(opened.values()):
            there = Investigation.objects.annulled_for(self.access)
            wanted = [pk for pk in opened.values() if pk]
            seen = set(there.filter(pk__in=wanted).values_list("pk", flat=True))
            for one in found:
                opening = opened.get(one.pk)
                one.opened_investigation = opening if opening in seen else None
        return found

    @property
    def recorded_after_due(self) -> bool:
        """The decision is dated within the time, and was written down after it."""
        kind = DeadlineKind.OPENING_DECISION
        return any(duty.kind == kind and duty.recorded_after_due for duty in self.deadlines)

    @property
    def decided_late(self) -> bool:
        """By the day it really arrived, which may have been corrected since."""
        return any(
            duty.kind == DeadlineKind.OPENING_DECISION and duty.status == DeadlineStatus.MET_LATE
            for duty in self.deadlines
        )

    @cached_property
    def deadlines(self) -> list[Any]:
        rows: Any = Deadline.objects.filter(matter=self.report.pk)
        return list(rows.with_status(on=self.today).order_by("due_on", "pk"))

    @cached_property
    def known(self) -> Any:
        return known_of([self.report.child], on=self.today, apart_from=[self.report])[0]

    @cached_property
    def last_day(self) -> Any:
        return opening_due_on(self.report.received_at)

    @cached_property
    def may_open_investigation(self) -> bool:
        """Whether the reader may open what the report led to; reception often may not."""
        led_to = self.report.investigation_id
        if led_to is None:
            return False
        return bool(Investigation.objects.visible_to(self.access).filter(pk=led_to).exists())

    @cached_property
    def may_note_wishes(self) -> bool:
        """Whether the reader may note what the investigation it led to asks of its pair."""
        led_to = self.report.investigation
        if led_to is None or led_to.status != InvestigationStatus.WAITING:
            return False
        reports: Any = Report.objects.visible_to(self.access, Action.NOTE_WISHES)
        return bool(reports.filter(pk=self.report.pk).exists())

    @property
    def identity_number(self) -> str:
        return str(self.report.child.identity_number)

    @property
    def born(self) -> str:
        born = self.report.child.birth_date
        return date_format(born, "j F Y") if born else ""

    @property
    def is_late(self) -> bool:
        return self.today > self.last_day

    def siblings(self) -> list[dict[str, Any]]:
        """The other matters of the same report, those the reader may see."""
        first = self.report.linked_to_id or self.report.pk
        rows = (
            Report.objects.visible_to(self.access)
            .filter(Q(pk=first) | Q(linked_to=first))
            .exclude(pk=self.report.pk)
            .order_by("pk")
        )
        return lines(page_rows(rows, on=self.today))
