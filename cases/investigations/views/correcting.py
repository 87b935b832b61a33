"""What was recorded put right, an end reversed, and either taken back, in its section."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy

from cases.corrections.forms import CorrectionForm
from cases.investigations import forms as forms_investigations
from cases.investigations import services
from cases.investigations.views.editing import SectionView
from core.decisions import Decision
from organisation.rights import Action


class ReverseEnd(SectionView):
    action = Action.CONCLUDE_INVESTIGATION
    form_class = CorrectionForm
    anchor, title, icon = "conclusion", gettext_lazy("Reverse the end"), "arrow-counterclockwise"
    submit = gettext_lazy("Reverse the end")
    saved = gettext_lazy("The end is reversed. The investigation goes on by its original clock.")
    changes_all = True
    keeps_draft = False

    def decision(self) -> Decision:
        return self.case.may_reverse

    def initial(self) -> dict[str, Any]:
        return {"version": self.case.investigation.version}

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        return services.reverse_conclusion(self.pk, **data, **self.by_at)


class EndAgain(SectionView):
    action = Action.CONCLUDE_INVESTIGATION
    form_class = CorrectionForm
    anchor, title, icon = "conclusion", gettext_lazy("Let the end stand again"), "check2-square"
    submit = gettext_lazy("Let the end stand again")
    saved = gettext_lazy("The investigation is concluded as it was.")
    changes_all = True
    keeps_draft = False

    def decision(self) -> Decision:
        return self.case.may_undo

    def initial(self) -> dict[str, Any]:
        return {"version": self.case.investigation.version}

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        return services.undo_reversal(self.pk, **data, **self.by_at)


class EntryView(SectionView):
    """Put one entry right, in its section."""

    code: ClassVar[str]
    title, icon, submit = gettext_lazy("Correct the entry"), "pencil", gettext_lazy("Correct")
    saved = gettext_lazy("The entry is corrected.")
    keeps_draft = False

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.entry_id = kwargs.pop("entry")
        return super().dispatch(request, *args, **kwargs)

    def decision(self) -> Decision:
        return self.case.may_add

    def initial(self) -> dict[str, Any]:
        row = services.entry_of(self.pk, self.code, self.entry_id)
        values = services.ENTRIES[self.code].standing(row)
        if "took_part" in values:
            values["took_part"] = "yes" if values["took_part"] else "no"
        return values

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        values = dict(data)
        return services.correct_entry(
            self.pk,
            self.code,
            self.entry_id,
            values,
            reason=values.pop("reason"),
            **self.by_at,
        )


class CorrectParticipation(EntryView):
    code, anchor = "participation", "guardians"
    form_class = forms_investigations.ParticipationCorrection

    def form_arguments(self) -> dict[str, Any]:
        return {"guardians": self.case.guardians}


class CorrectRisk(EntryView):
    code, anchor = "risk", "risk"
    form_class = forms_investigations.RiskCorrection


class CorrectInstrument(EntryView):
    code, anchor = "instrument", "instruments"
    form_class = forms_investigations.InstrumentCorrection


class CorrectRating(EntryView):
    code, anchor = "rating", "safety"
    form_class = forms_investigations.SafetyCorrection


class CorrectCommunication(EntryView):
    code, anchor = "communication", "communication"
    form_class = forms_investigations.CommunicationCorrection


class CorrectPlan(SectionView):
    """What stands in the plan put right, also when the investigation is over."""

    form_class = forms_investigations.PlanCorrection
    anchor, title, icon = "plan", gettext_lazy("Correct the plan"), "pencil"
    submit, saved = gettext_lazy("Correct"), gettext_lazy("The plan is corrected.")
    versioned = services.PLAN
    keeps_draft = False

    def decision(self) -> Decision:
        return self.case.may_add

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        return services.correct_plan(
            self.pk, plan=data["plan"], reason=data["reason"], version=version, **self.by_at
        )


class CorrectProtection(SectionView):
    form_class = forms_investigations.ProtectionCorrection
    anchor, title = "violence", gettext_lazy("Correct protection, violence and police report")
    submit, saved = gettext_lazy("Correct"), gettext_lazy("The entry is corrected.")
    versioned = services.PROTECTION
    keeps_draft = False

    def decision(self) -> Decision:
        return self.case.may_add

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        values = {name: data[name] for name in self.versioned}
        return services.correct_protection(
            self.pk, values, reason=data["reason"], version=version, **self.by_at
        )


class CorrectExtension(SectionView):
    action = Action.EXTEND_INVESTIGATION
    form_class = forms_investigations.ExtensionCorrection
    anchor, title, icon = "extension", gettext_lazy("Correct the extension"), "pencil"
    submit, saved = gettext_lazy("Correct"), gettext_lazy("The extension is corrected.")
    changes_all = True
    keeps_draft = False

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.entry_id = kwargs.pop("entry")
        return super().dispatch(request, *args, **kwargs)

    def decision(self) -> Decision:
        return self.case.ask(Action.EXTEND_INVESTIGATION)

    def initial(self) -> dict[str, Any]:
        row = services.extension_of(self.pk, self.entry_id)
        return {name: getattr(row, name) for name in services.EXTENSION}

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        values = dict(data)
        why = values.pop("why")
        return services.correct_extension(self.pk, self.entry_id, values, why=why, **self.by_at)


class UndoCorrection(SectionView):
    """Write again what stood before a correction."""

    form_class = CorrectionForm
    anchor, title, icon = "conclusion", gettext_lazy("Take back the correction"), "arrow-clockwise"
    submit = gettext_lazy("Take back the correction")
    saved = gettext_lazy("What stood before stands again.")
    changes_all = True
    keeps_draft = False

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.entry_id = kwargs.pop("entry")
        return super().dispatch(request, *args, **kwargs)

    def decision(self) -> Decision:
        return self.case.may_add

    def save(self, data: dict[str, Any], version: int | None) -> Any:
        return services.undo_correction(self.pk, self.entry_id, reason=data["reason"], **self.by_at)
