"""What the reader of one investigation may do with it now, each with the reason why not.

The page asks here, and so does the form of each section: a button and a refusal say the same.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from cases.corrections import services as corrections
from cases.corrections.texts import Told, history
from cases.enums import CorrectionAct
from cases.investigations.models import Investigation
from cases.investigations.progress import with_progress
from cases.investigations.services import due_on
from cases.investigations.services import undoable as undoable_corrections
from cases.law import rules
from cases.matters.working import reach
from cases.persons import whereabouts
from core.decisions import Decision, Denied, both
from organisation.rights import Action
from organisation.views.requests import StaffRequest


class PermittedInvestigation:
    """One investigation as `request`'s user sees it today; 404 when it is not theirs to see."""

    def __init__(self, request: StaffRequest, pk: int) -> None:
        self.request = request
        self.access = request.access
        self.today: date = request.today
        self.investigation: Any = get_object_or_404(
            with_progress(Investigation.objects.visible_to(self.access)).select_related(
                "child", "unit", "group", "opened_by", "concluded_by"
            ),
            pk=pk,
        )
        self.child = self.investigation.child

    @cached_property
    def due_on(self) -> date:
        return due_on(self.investigation)

    @cached_property
    def reach(self) -> dict[str, Any]:
        return reach(self.investigation, on=self.today)

    def ask(self, action: Action) -> Decision:
        return self.access.ask(action, **self.reach)

    @cached_property
    def may_work(self) -> Decision:
        # What is over is over for everybody: the state is the reason worth knowing.
        return both(
            rules.may_work(status=self.investigation.status),
            self.ask(Action.WORK_ON_INVESTIGATION),
        )

    @cached_property
    def may_write_late(self) -> Decision:
        return both(
            rules.may_write_late(closed=not self.investigation.is_open),
            self.ask(Action.WORK_ON_INVESTIGATION),
        )

    @cached_property
    def may_write_document(self) -> Decision:
        return both(
            rules.may_write_document(status=self.investigation.status),
            self.ask(Action.WORK_ON_INVESTIGATION),
        )

    @cached_property
    def may_disclose(self) -> Decision:
        return self.ask(Action.PREPARE_DISCLOSURE)

    @cached_property
    def may_add(self) -> Decision:
        """Corrections and additions are written also when the investigation is over."""
        return self.ask(Action.WORK_ON_INVESTIGATION)

    @cached_property
    def may_extend(self) -> Decision:
        return both(
            rules.may_extend(
                status=self.investigation.status, due_on=self.due_on, decided_on=self.today
            ),
            self.ask(Action.EXTEND_INVESTIGATION),
        )

    @cached_property
    def may_correct_extension(self) -> Decision:
        return self.ask(Action.EXTEND_INVESTIGATION)

    @cached_property
    def may_assign(self) -> Decision:
        return both(
            rules.may_assign(status=self.investigation.status), self.ask(Action.ASSIGN_HANDLERS)
        )

    @cached_property
    def may_submit(self) -> Decision:
        return both(
            self.may_work,
            rules.may_submit(
                status=self.investigation.status, empty_parts=self.investigation.parts_left
            ),
        )

    @cached_property
    def may_read_document(self) -> Decision:
        return both(
            rules.may_read_document(status=self.investigation.status),
            self.ask(Action.READ_DOCUMENT),
        )

    @cached_property
    def may_sign(self) -> Decision:
        if self.may_read_document and self.investigation.document_read_at is not None:
            return Denied(_("The reading is already signed."))
        return self.may_read_document

    @cached_property
    def may_conclude(self) -> Decision:
        return both(
            rules.may_conclude(
                status=self.investigation.status,
                violence=self.investigation.violence,
                police_report=self.investigation.police_report,
            ),
            self.ask(Action.CONCLUDE_INVESTIGATION),
        )

    @cached_property
    def may_reverse(self) -> Decision:
        return both(
            rules.may_reverse_conclusion(status=self.investigation.status),
            self.ask(Action.CONCLUDE_INVESTIGATION),
        )

    @property
    def is_signed(self) -> bool:
        """Whether what stands is changed by correcting it, with a reason."""
        row = self.investigation
        return not row.is_open or row.document_submitted_at is not None

    @cached_property
    def corrections(self) -> list[Told]:
        return history(self.investigation.pk)

    @cached_property
    def undo_ids(self) -> set[int]:
        """Of the corrections, those that can be taken back."""
        if not self.may_add:
            return set()
        return undoable_corrections(one.row for one in self.corrections)

    @cached_property
    def undoable(self) -> Any:
        """The reversed end that can stand again."""
        if not self.corrections or not self.investigation.is_open:
            return None
        return corrections.standing(self.investigation.pk, CorrectionAct.REVERSED)

    @cached_property
    def may_undo(self) -> Decision:
        if self.undoable is None:
            return Denied(_("There is nothing here to take back."))
        return self.ask(Action.CONCLUDE_INVESTIGATION)

    @cached_property
    def may_grant_intervention(self) -> Decision:
        return self.ask(Action.CONCLUDE_INVESTIGATION)

    @cached_property
    def may_grant_reading(self) -> Decision:
        return self.ask(Action.GRANT_READING)

    @cached_property
    def may_see_whereabouts(self) -> bool:
        """Whether where the child is may be shown; asked in one place for the whole product."""
        if self.child.is_protected and not self.child.whereabouts_shown:
            return whereabouts.may_see(self.child, self.access)
        return True
