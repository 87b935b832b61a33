"""The case page of a report: its sections, steps and forms."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_htmx.http import reselect, retarget

from cases.enums import (
    STATUS_FEEDBACK,
    ConcernReason,
    DeadlineKind,
    DeadlineStatus,
    FeedbackAnswer,
    OpeningOutcome,
    ReportKind,
)
from cases.journal.models import Note
from cases.journal.timeline import events_for_child
from cases.law import rules
from cases.persons import whereabouts
from cases.persons.whereabouts import AT_SCHOOL
from cases.provisions.lookup import workers_for
from cases.reports.facts import tells_now
from cases.reports.forms.correcting import (
    CorrectReportForm,
    FeedbackCorrection,
    MoveReportForm,
    ReverseReportForm,
    TalkCorrection,
    UndoReportForm,
    WithdrawReportForm,
)
from cases.reports.forms.steps import (
    AdoptForm,
    AskFeedbackForm,
    AssessForm,
    AssignForm,
    DecideForm,
    FeedbackForm,
    JoinForm,
    ProposeForm,
    ReportNoteForm,
    TalkForm,
)
from cases.reports.models import Report
from cases.reports.services import entry_standing
from cases.reports.views.lines import OPEN, STATUS_TONES
from cases.reports.views.standing import ReportStanding
from cases.signing.texts import with_additions
from core import trail, wording
from core.decisions import Decision, Denied
from organisation.rights import Action
from organisation.views.requests import StaffRequest

STEP_DEADLINES = {
    "assessment": DeadlineKind.PROTECTION_ASSESSMENT,
    "talk": DeadlineKind.SERIOUS_TALK,
    "decision": DeadlineKind.OPENING_DECISION,
    "feedback": DeadlineKind.REPORTER_FEEDBACK,
}

DRAFTED = ("assess", "propose", "adopt", "decide", "talk", "note", "correct")
"""The forms of the page whose half-written text is kept."""


def draft_key(pk: int, name: str) -> str:
    """Under which a half-written form of the page is kept: no personal data in it."""
    return f"report-{pk}-{name}"


class ReportPage(ReportStanding):
    """One report on one reader's page. `keep` puts a refused form back with what was typed."""

    def __init__(self, request: StaffRequest, report: Report) -> None:
        super().__init__(request, report)
        self.kept: dict[str, Any] = {}

    def keep(self, name: str, form: forms.Form) -> None:
        """Show `form` again. After a conflict it holds the version the reader now sees."""
        self.kept[name] = form
        current = getattr(form, "conflict", None)
        if "version" in form.fields:
            data = self.request.POST.copy()
            if "proposal_version" in form.fields and self.proposal is not None:
                data[form.add_prefix("proposal_version")] = self.proposal.version
                current = self.report
            data[form.add_prefix("version")] = (
                current.version if current is not None else data.get(form.add_prefix("version"), "")
            )
            form.data = data

    def steps(self) -> list[dict[str, Any]]:
        by_kind = {deadline.kind: deadline for deadline in self.deadlines}
        shown = []
        for step in rules.report_steps(
            assessed=self.assessment is not None,
            decided=self.report.is_decided,
            needs_assessment=self.report.kind == ReportKind.REPORT,
            feedback=(
                self.feedback is not None and tells_now(self.report, self.feedback)
                if self.report.wants_feedback
                else None
            ),
            talk=self.talk is not None if self.owes_talk else None,
        ):
            duty = by_kind.get(STEP_DEADLINES.get(step.code, ""))
            late = duty is not None and duty.status == DeadlineStatus.OVERDUE
            shown.append(
                {
                    "label": step.label,
                    "state": "late" if late else step.state.value,
                    # What is still open stands in words below the path.
                    "note": (wording.day(duty.met_on, self.today) if duty and duty.met_on else ""),
                    "url": f"#{step.anchor}",
                }
            )
        return shown

    @property
    def owes_talk(self) -> bool:
        """Whether a serious talk is owed: a duty of the report, whatever has become of it."""
        return any(
            duty.kind == DeadlineKind.SERIOUS_TALK and duty.status != DeadlineStatus.CANCELLED
            for duty in self.deadlines
        )

    @property
    def at_decision(self) -> bool:
        """Whether what comes before the decision is done, so that its form may stand open."""
        assessed = self.assessment is not None or self.report.kind != ReportKind.REPORT
        return assessed and (self.talk is not None or not self.owes_talk)

    @property
    def at_talk(self) -> bool:
        assessed = self.assessment is not None or self.report.kind != ReportKind.REPORT
        return assessed and self.talk is None

    def talk_clock(self) -> str:
        """How much of the 48 hours is left, in words; nothing once the talk is offered."""
        duty = next((d for d in self.deadlines if d.kind == DeadlineKind.SERIOUS_TALK), None)
        if duty is None or duty.due_at is None or duty.status not in OPEN:
            return ""
        due_at = timezone.localtime(duty.due_at)
        words = f"{wording.day(due_at.date(), self.today)} {due_at:%H.%M}"
        hours = int((duty.due_at - self.request.at).total_seconds() // 3600)
        if hours < 0:
            return _("The 48 hours ended %(when)s.") % {"when": words}
        return ngettext(
            "%(hours)s hour left: offer the talk no later than %(when)s.",
            "%(hours)s hours left: offer the talk no later than %(when)s.",
            hours,
        ) % {"hours": hours, "when": words}

    # Forms

    def _now(self) -> datetime:
        return timezone.localtime(self.request.at).replace(second=0, microsecond=0)

    def _form(self, name: str, allowed: Decision, make: Any) -> Any:
        """The form kept from a refusal, a fresh one if its act is allowed, else None."""
        if name in self.kept:
            return self.kept[name]
        return make() if allowed else None

    def _assess_form(self) -> Any:
        return self._form(
            "assess",
            self.may_assess,
            lambda: AssessForm(prefix="assess", initial={"assessed_at": self._now()}),
        )

    def _limit_outcomes(self, form: Any) -> Any:
        """Offer the answers that fit what is already open about the child."""
        if form is None or form.is_bound:
            return form
        opened = self.known.open_investigation is not None
        form.fields["outcome"].choices = [
            (value, label)
            for value, label in OpeningOutcome.choices
            if rules.may_decide_opening(
                status=self.report.status, outcome=value, open_investigation=opened
            )
        ]
        return form

    def _propose_form(self) -> Any:
        proposal = self.proposal
        initial = {}
        if proposal is not None:
            initial = {
                "outcome": proposal.outcome,
                "group": proposal.group_id,
                "investigation_type": proposal.investigation_type,
                "rationale": proposal.rationale,
                "version": proposal.version,
            }
        return self._limit_outcomes(
            self._form(
                "propose",
                self.may_propose,
                lambda: ProposeForm(prefix="propose", unit_id=self.report.unit_id, initial=initial),
            )
        )

    def _decide_form(self) -> Any:
        proposal = self.proposal
        initial: dict[str, Any] = {"decided_on": self.today, "version": self.report.version}
        if proposal is not None:
            initial |= {
                "group": proposal.group_id,
                "investigation_type": proposal.investigation_type,
                "rationale": proposal.rationale,
            }
        return self._limit_outcomes(
            self._form(
                "decide",
                self.may_decide,
                lambda: DecideForm(prefix="decide", unit_id=self.report.unit_id, initial=initial),
            )
        )

    def _adopt_form(self) -> Any:
        if self.proposal is None:
            return None
        values = {"proposal_version": self.proposal.version, "version": self.report.version}
        return self._form(
            "adopt", self.may_decide, lambda: AdoptForm(prefix="adopt", initial=values)
        )

    def _assign_form(self) -> Any:
        def make() -> Any:
            workers = workers_for(self.report.group_id, self.report.child_id, on=self.today)
            return AssignForm(
                prefix="assign", workers=workers, initial={"handler": self.report.handler}
            )

        return self._form("assign", self.may_propose, make)

    def _talk_form(self) -> Any:
        initial: dict[str, Any] = {"offered_at": self._now()}
        if self.talk is not None:
            initial = {
                "offered_at": timezone.localtime(self.talk.offered_at),
                "with_guardians": self.talk.with_guardians,
                "note": self.talk.note,
            }
        return self._form("talk", self.may_talk, lambda: TalkForm(prefix="talk", initial=initial))

    def _conflict_rows(self) -> list[dict[str, Any]]:
        """Both versions of the proposal, side by side, after a conflict."""
        form = self.kept.get("propose")
        current = getattr(form, "conflict", None)
        if form is None or current is None:
            return []
        values = form.cleaned_data
        labels = dict(OpeningOutcome.choices)
        types = dict(form.fields["investigation_type"].choices)
        return [
            {
                "label": form.fields["outcome"].label,
                "yours": str(labels.get(values.get("outcome"), "")),
                "theirs": current.get_outcome_display(),
            },
            {
                "label": form.fields["group"].label,
                "yours": str(values.get("group") or ""),
                "theirs": str(current.group or ""),
            },
            {
                "label": form.fields["investigation_type"].label,
                "yours": str(types.get(values.get("investigation_type"), "") or ""),
                "theirs": str(types.get(current.investigation_type, "") or ""),
            },
            {
                "label": form.fields["rationale"].label,
                "yours": values.get("rationale", ""),
                "theirs": current.rationale,
            },
        ]

    @property
    def draft_keys(self) -> dict[str, str]:
        return {name: draft_key(self.report.pk, name) for name in DRAFTED}

    def page(self, *, status: int = 200) -> HttpResponse:
        """The whole page."""
        return render(self.request, "cases/reports/report.html", self._context(), status=status)

    @property
    def section(self) -> str:
        """What stands on the page below its head."""
        name = "_withdrawn" if self.report.is_withdrawn() else "_case"
        return f"cases/reports/{name}.html"

    def _correcting(self) -> dict[str, Any]:
        """The forms that put the report right."""
        version = {"version": self.report.version}
        here = not self.report.is_withdrawn()
        return {
            "correct_form": self._form(
                "correct",
                self.may_correct if here else Denied(""),
                lambda: CorrectReportForm(
                    prefix="correct",
                    hides_organisation=self.hides_organisation,
                    initial=CorrectReportForm.standing(self.report),
                ),
            ),
            "withdraw_form": self._form(
                "withdraw",
                self.may_withdraw,
                lambda: WithdrawReportForm(prefix="withdraw", initial=version),
            ),
            "move_form": self._form(
                "move",
                self.may_decide_on if here else Denied(""),
                lambda: MoveReportForm(prefix="move", unit_id=self.report.unit_id, initial=version),
            ),
            "reverse_form": self._form(
                "reverse",
                self.may_reverse,
                lambda: ReverseReportForm(prefix="reverse", initial=version),
            ),
            "feedback_correct_form": self._form(
                "feedback_correct",
                self.may(Action.GIVE_FEEDBACK) if here and self.feedback else Denied(""),
                lambda: FeedbackCorrection(
                    prefix="feedback_correct",
                    initial=entry_standing(self.report, "feedback"),
                ),
            ),
            "talk_correct_form": self._form(
                "talk_correct",
                self.may(Action.OFFER_SERIOUS_TALK) if here and self.talk else Denied(""),
                lambda: TalkCorrection(
                    prefix="talk_correct",
                    initial=entry_standing(self.report, "serious_talk"),
                ),
            ),
            "undo_form": self._form(
                "undo",
                self.may_undo,
                lambda: UndoReportForm(prefix="undo", initial=version),
            ),
        }

    def saved(self, anchor: str, words: str) -> HttpResponse:
        """What an act may have changed, in place of what stood there: its section has the focus."""
        context = {**self._context(), "fresh": anchor, "saved": words}
        return render(self.request, "cases/reports/_saved.html", context)

    def refused(self, anchor: str, *, status: int) -> HttpResponse:
        """What was typed, with what is wrong; the other forms keep what stands in them.

        After a conflict the rest of the page is not what was read either.
        """
        if not self.request.htmx:
            return self.page(status=status)
        response = render(self.request, self.section, self._context(), status=status)
        if status == HTTPStatus.CONFLICT:
            return response
        return reselect(retarget(response, f"#{anchor}"), f"#{anchor}")

    def _context(self) -> dict[str, Any]:
        report, access = self.report, self.access
        works = bool(self.may(Action.PROPOSE_DECISION))
        assign = self._assign_form()
        me = self.request.user
        takes = (
            assign is not None
            and report.handler != me
            and assign.fields["handler"].queryset.filter(pk=me.pk).exists()
        )
        whereabouts.mark([report.child], access)
        organisation = whereabouts.reporter_organisation(report) if works else ""
        if report.child.is_protected and report.reporter_category in AT_SCHOOL and organisation:
            trail.read("whereabouts.read", [report.child], by=me, at=self.request.at)
        return {
            "case": self,
            "report": report,
            "organisation": organisation,
            "child": report.child,
            "age": report.child.age_on(self.today),
            "today": self.today,
            "tone": STATUS_TONES[report.status],
            "tags": self._tags(),
            "works": works,
            "reasons": [ConcernReason(code).label for code in report.reasons],
            "open_deadlines": [d for d in self.deadlines if d.status in OPEN],
            "steps": self.steps(),
            "siblings": self.siblings(),
            "known": self.known,
            "events": events_for_child(report.child, access),
            "notes": with_additions(
                "note",
                Note.objects.filter(matter=report.pk).select_related("author", "signed_by"),
            ),
            "answer": self._answer(),
            "talk_clock": self.talk_clock(),
            "assess_form": self._assess_form(),
            "propose_form": self._propose_form(),
            "decide_form": self._decide_form(),
            "adopt_form": self._adopt_form(),
            "join_form": self._form(
                "join",
                self.may_join,
                lambda: JoinForm(prefix="join", initial={"version": self.report.version}),
            ),
            "feedback_form": self._form(
                "feedback",
                self.may_feed_back,
                lambda: FeedbackForm(prefix="feedback", initial={"given_on": self.today}),
            ),
            "ask_form": self._form(
                "ask",
                self.may_ask_feedback,
                lambda: AskFeedbackForm(prefix="ask", initial={"asked_on": self.today}),
            ),
            "talk_form": self._talk_form(),
            "assign_form": assign,
            "takes": takes,
            "note_form": self._form(
                "note",
                self.may(Action.PROPOSE_DECISION),
                lambda: ReportNoteForm(prefix="note", initial={"happened_at": self._now()}),
            ),
            "conflict_rows": self._conflict_rows(),
            **self._correcting(),
        }

    def _answer(self) -> str:
        """What may be said to the reporter now; nothing while nothing may be said."""
        if self.report.is_decided:
            return str(FeedbackAnswer(STATUS_FEEDBACK[self.report.status]).label)
        running = self.known.open_investigation is not None
        return str(FeedbackAnswer.ALREADY_ONGOING.label) if running else ""

    def _tags(self) -> list[dict[str, str]]:
        report = self.report
        tags = []
        if report.is_crime_report:
            tags.append(
                {"label": _("Crime report"), "tone": "soon", "icon": "exclamation-triangle"}
            )
        if report.child_suspected:
            tags.append({"label": _("Suspected of a crime"), "tone": "soon", "icon": "person-x"})
        if self.decision is not None and (self.decision.is_late or self.decided_late):
            tags.append({"label": _("Decided late"), "tone": "late", "icon": "clock-history"})
        if report.child.interpreter_language:
            tags.append(
                {
                    "label": _("Interpreter: %(language)s")
                    % {"language": report.child.interpreter_language}
                }
            )
        return tags
