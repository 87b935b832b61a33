"""The sections of a case, each with its form and the one service it calls."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.access import grants as access_services
from cases.corrections.forms import CorrectionForm
from cases.enums import NoteKind
from cases.investigations import forms as forms_investigations
from cases.investigations import services
from cases.investigations.views.case import staff_of
from cases.investigations.views.editing import SectionView
from cases.journal import forms as forms_journal
from cases.journal import services as notes
from cases.persons import whereabouts
from cases.provisions.lookup import blocked_from
from core import forms as forms_core
from core import wording
from core.decisions import Decision
from organisation.rights import Action

KEEP_APART = gettext_lazy(
    "The identity is protected. Write nothing here that tells where the child is: address, school"
    " and whereabouts have their own place on the page of the child."
)


class Plan(SectionView):
    form_class = forms_investigations.PlanForm
    anchor, title, icon = "plan", gettext_lazy("Investigation plan"), "list-check"
    submit = gettext_lazy("Save the plan")
    saved = gettext_lazy("The plan is saved.")
    versioned = ("plan",)

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        return services.write_plan(self.pk, plan=data["plan"], version=version, **self.by_at)


class NewNote(SectionView):
    form_class = forms_journal.NoteForm
    anchor, title, icon = "notes", gettext_lazy("New note"), "journal-plus"
    submit = gettext_lazy("Save the note")
    saved = gettext_lazy("The note is saved.")

    def extra(self) -> dict[str, Any]:
        return {"warning": KEEP_APART} if self.case.child.is_protected else {}

    def initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {"happened_at": forms_core.local_minute(self.request.at)}
        if self.request.GET.get("kind") in NoteKind.values:
            initial["kind"] = self.request.GET["kind"]
        return initial

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        values = forms_journal.NoteForm.values_of(data)
        return notes.write_note(self.pk, draft_key=self.draft_key, **values, **self.by_at)


class LateNote(NewNote):
    """What came after the end, such as a letter: dated, signed at once, and opening nothing."""

    title = gettext_lazy("Late note")
    submit = gettext_lazy("Save and sign")

    def decision(self) -> Decision:
        return self.case.may_write_late

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        values = forms_journal.NoteForm.values_of(data)
        return notes.write_note(
            self.pk, draft_key=self.draft_key, late=True, **values, **self.by_at
        )


class NewGuardian(SectionView):
    form_class = forms_investigations.GuardianForm
    anchor, title, icon = "guardians", gettext_lazy("Add a guardian"), "person-plus"
    saved = gettext_lazy("The guardian is recorded.")

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        return services.add_guardian(self.pk, **data, **self.by_at)


class Participation(SectionView):
    form_class = forms_investigations.ParticipationForm
    anchor, title, icon = "guardians", gettext_lazy("A guardian takes part"), "people"
    saved = gettext_lazy("The take-part is recorded.")

    def form_arguments(self) -> dict[str, Any]:
        return {"guardians": self.case.guardians}

    def initial(self) -> dict[str, Any]:
        wanted = self.request.GET.get("guardian", "")
        known = {str(guardian.pk) for guardian in self.case.guardians}
        return {"on": self.case.today, **({"guardian": wanted} if wanted in known else {})}

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        data = dict(data)
        return services.record_participation(
            self.pk, guardian_id=data.pop("guardian"), **data, **self.by_at
        )


class Protection(SectionView):
    form_class = forms_investigations.ProtectionForm
    anchor = "violence"
    title = gettext_lazy("Protection, violence and police report")
    icon = "shield-exclamation"
    versioned = (
        "protection_needs",
        "violence",
        "violence_description",
        "police_report",
        "police_reported_on",
        "police_report_reason",
    )

    def initial(self) -> dict[str, Any]:
        # An answer that nobody has given yet is not shown as given.
        row = self.case.investigation
        if row.violence == "not_asked" and not row.protection_needs:
            return {"violence": None, "police_report": None}
        return {}

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        values = {name: data[name] for name in self.versioned}
        return services.write_protection(self.pk, version=version, **values, **self.by_at)


class Risk(SectionView):
    form_class = forms_investigations.RiskForm
    anchor, title, icon = "risk", gettext_lazy("New risk assessment"), "activity"
    saved = gettext_lazy("The assessment is saved.")

    def initial(self) -> dict[str, Any]:
        return {"assessed_on": self.case.today}

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        return services.assess_risk(self.pk, **data, **self.by_at)


class InstrumentUsed(SectionView):
    form_class = forms_investigations.InstrumentForm
    anchor, title, icon = "instruments", gettext_lazy("Instrument used"), "clipboard-data"
    keeps_draft = False

    def initial(self) -> dict[str, Any]:
        return {"used_on": self.case.today}

    def extra(self) -> dict[str, Any]:
        age = self.case.age
        if age is None:
            return {}
        fitting = self.case.fitting_instruments
        return {
            "intro": _("Name, day and level only. The child is %(age)s: %(fitting)s fit by age.")
            % {"age": age, "fitting": fitting}
            if fitting
            else _("Name, day and level only.")
        }

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        return services.record_instrument(self.pk, **data, **self.by_at)


class Safety(SectionView):
    form_class = forms_investigations.SafetyForm
    anchor, title, icon = "safety", gettext_lazy("New rating on the safety scale"), "rulers"
    saved = gettext_lazy("The rating is recorded.")
    keeps_draft = False

    def initial(self) -> dict[str, Any]:
        return {"rated_on": self.case.today}

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        return services.rate_safety(self.pk, **data, **self.by_at)


class Extend(SectionView):
    action = Action.EXTEND_INVESTIGATION
    form_class = forms_investigations.ExtensionForm
    anchor, title, icon = "extension", gettext_lazy("Extend the investigation"), "calendar-plus"
    submit = gettext_lazy("Decide the extension")
    saved = gettext_lazy("The investigation is extended.")

    def decision(self) -> Decision:
        return self.case.may_extend

    def initial(self) -> dict[str, Any]:
        return {"decided_on": self.case.today}

    def extra(self) -> dict[str, Any]:
        due_on = self.case.due_on
        return {
            "intro": _(
                "The last day is now %(day)s (%(left)s). An extension needs special reasons and is"
                " decided before the time is out (SoL 20:3)."
            )
            % {
                "day": wording.day(due_on, self.case.today),
                "left": wording.days_left(due_on, self.case.today),
            }
        }

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        return services.extend(self.pk, **data, **self.by_at)


class Move(SectionView):
    form_class = forms_investigations.MoveForm
    anchor, title, icon = "move", gettext_lazy("The child has moved"), "truck"
    keeps_draft = False

    def extra(self) -> dict[str, Any]:
        intro = _(
            "The investigation goes on and is completed here, also when the child moves to another"
            " municipality."
        )
        if self.case.child.is_protected:
            intro += " " + _("Identity is protected: write only “another municipality”.")
        return {"intro": intro}

    def initial(self) -> dict[str, Any]:
        row = self.case.investigation
        if row.child_moved_on is None:
            return {}
        place = whereabouts.moved_to(row) if self.case.may_see_whereabouts else ""
        return {"moved_on": row.child_moved_on, "moved_to": place}

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        return services.record_move(self.pk, **data, **self.by_at)


class Return(SectionView):
    action = Action.READ_DOCUMENT
    form_class = forms_investigations.ReturnForm
    anchor, title, icon = "document", gettext_lazy("Return the document"), "arrow-return-left"
    submit = gettext_lazy("Return it to the pair")
    saved = gettext_lazy("The document is back with the pair.")

    def decision(self) -> Decision:
        return self.case.may_read_document

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        return services.return_document(self.pk, comment=data["comment"], **self.by_at)


class Communicate(SectionView):
    form_class = forms_investigations.CommunicationForm
    anchor, title, icon = "communication", gettext_lazy("Communicated with"), "chat-left-text"
    saved = gettext_lazy("The communication is recorded.")

    def initial(self) -> dict[str, Any]:
        return {"communicated_on": self.case.today}

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        return services.communicate(self.pk, **data, **self.by_at)


class Conclude(SectionView):
    action = Action.CONCLUDE_INVESTIGATION
    form_class = forms_investigations.ConclusionForm
    anchor, title, icon = "conclusion", gettext_lazy("End the investigation"), "check2-square"
    submit = gettext_lazy("End the investigation")
    saved = gettext_lazy("The investigation is concluded.")
    changes_all = True

    def decision(self) -> Decision:
        return self.case.may_conclude

    def form_arguments(self) -> dict[str, Any]:
        return {"left": self.case.loose_ends}

    def initial(self) -> dict[str, Any]:
        return {"concluded_on": self.case.today}

    def extra(self) -> dict[str, Any]:
        left = [step.label for step in self.case.path if step.state != "done"][:-1]
        if not left:
            return {}
        return {"warning": _("Not done yet: %(steps)s.") % {"steps": ", ".join(left).lower()}}

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        values = dict(data)
        reasons = {one.code.value: values.pop(one.field) for one in self.case.loose_ends}
        return services.conclude(self.pk, **values, left_open=reasons, **self.by_at)


class CancelPlanned(SectionView):
    action = Action.ASSIGN_HANDLERS
    form_class = CorrectionForm
    anchor, title, icon = "handlers", gettext_lazy("Cancel the planned change"), "x-lg"
    submit = gettext_lazy("Cancel the planned change")
    saved = gettext_lazy("The planned change is cancelled.")
    changes_all = True
    keeps_draft = False

    def decision(self) -> Decision:
        return self.case.may_assign

    def initial(self) -> dict[str, Any]:
        return {"version": self.case.investigation.version}

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        return services.cancel_planned(self.pk, **data, **self.by_at)


class GrantReading(SectionView):
    action = Action.GRANT_READING
    form_class = forms_investigations.ReaderForm
    anchor, title, icon = "readers", gettext_lazy("Give the right to read"), "eye"
    submit = gettext_lazy("Give the right to read")
    saved = gettext_lazy("The right to read is given.")
    keeps_draft = False

    def decision(self) -> Decision:
        return self.case.may_grant_reading

    def form_arguments(self) -> dict[str, Any]:
        blocked = blocked_from(self.case.child.pk, on=self.case.today)
        staff = staff_of(self.case.investigation.unit_id, on=self.case.today)
        return {"staff": staff.exclude(pk__in=blocked), "protected": self.case.child.is_protected}

    def initial(self) -> dict[str, Any]:
        return {"from_on": self.case.today}

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        access_services.grant_reading(self.pk, **data, **self.by_at)
