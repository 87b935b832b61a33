"""How long a text may be stands in the model and nowhere else (core/limits.py)."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import models
from rest_framework import serializers

from api.inputs import Body
from cases.reports.api import inputs
from cases.reports.models import Report
from core.fields import TEXT_LIMIT
from core.limits import limit

ROOT = Path(__file__).resolve().parents[1]
APPS = ("core", "organisation", "api", "cases", "workload", "audits", "unitstats", "demo")

TYPED = {
    "q": "what is looked for, not stored",
    "phrase": "words looked for in a text, not stored",
    "personal_identity_number": "typed in any usual form, stored as twelve digits",
    "seen": "a digest of the text as it was shown",
    "password": "stored as a digest",
}
"""Fields that hold no column's own text, and why they have a limit of their own or none."""


def numbers_in(source: str) -> Iterator[tuple[int, str]]:
    """Each limit that a call says in figures: its line and what it is given to."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            name = target.id if isinstance(target, ast.Name) else ast.unparse(target)
            if ast.unparse(node.value.func).startswith(("models.", "NameField")):
                continue  # the column itself
            for keyword in node.value.keywords:
                if keyword.arg == "max_length" and isinstance(keyword.value, ast.Constant):
                    yield node.lineno, name


def test_no_form_and_no_body_of_the_api_says_a_limit_in_figures() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line} {name}"
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts
        if path != ROOT / "core/styleguide.py"
        for line, name in numbers_in(path.read_text())
        if name not in TYPED | {"name": "", "reason": ""}
    }
    assert found == set(), "say limit(Model, column), or why not in TYPED"


def test_a_limit_in_figures_would_be_found() -> None:
    assert list(numbers_in("address = forms.CharField(max_length=300)")) == [(1, "address")]
    assert list(numbers_in('address = forms.CharField(max_length=limit(Person, "address"))')) == []


def test_no_service_counts_to_a_figure_of_its_own() -> None:
    def counted(path: Path) -> Iterator[int]:
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Compare)
                and ast.unparse(node.left).startswith("len(")
                and isinstance(node.ops[0], ast.Gt | ast.GtE)
                and isinstance(node.comparators[0], ast.Constant)
                and node.comparators[0].value > 20
            ):
                yield node.lineno

    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if "services" in path.parts
        for line in counted(path)
    }
    assert found == set(), "say checked_length(name, text, Model, column)"


def columns() -> dict[str, set[int]]:
    """What the columns of a name hold, of every model of the product."""
    found: dict[str, set[int]] = {}
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, models.CharField | models.TextField) and not field.choices:
                    found.setdefault(field.name, set()).add(field.max_length or TEXT_LIMIT)
    return found


def modules() -> Iterator[Any]:
    """Those with forms or with bodies of the API, by what they or their folders are called."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if {"forms", "api"} & {*parts} and parts[-1] != "__init__":
                yield importlib.import_module(".".join(parts))


def taken() -> Iterator[tuple[str, str, int | None]]:
    """Each text a form or a body takes: whose and which, its name, the most characters it takes."""
    for module in modules():
        for name, one in vars(module).items():
            if not inspect.isclass(one) or one.__module__ != module.__name__:
                continue
            if issubclass(one, forms.BaseForm):
                for key, field in one.base_fields.items():
                    if isinstance(field, forms.CharField) and not isinstance(
                        field, forms.UUIDField
                    ):
                        yield f"{name}.{key}", key, field.max_length
            elif issubclass(one, Body):
                for key, field in one().fields.items():
                    if isinstance(field, serializers.CharField):
                        yield f"{name}.{key}", key, field.max_length


COLUMNS = {
    "ConclusionBody.unsigned_notes_reason": "LeftOpen.reason",
    "ConclusionBody.open_disclosures_reason": "LeftOpen.reason",
    "ConclusionBody.unread_reports_reason": "LeftOpen.reason",
    "ConclusionBody.not_communicated_reason": "LeftOpen.reason",
    "NodeForm.name": "OrgUnit.name",
    "NodeChangeForm.name": "OrgUnit.name",
    "UserForm.first_name": "User.first_name",
    "UserForm.last_name": "User.last_name",
    "UserChangeForm.first_name": "User.first_name",
    "UserChangeForm.last_name": "User.last_name",
    "UserAddForm.first_name": "User.first_name",
    "UserAddForm.last_name": "User.last_name",
    "TokenForm.name": "ApiToken.name",
    "EmergencyForm.reason": "EmergencyAccess.reason",
    "ReviewForm.note": "EmergencyAccess.review_note",
    "ConflictForm.first_name": "ConflictOfInterest.first_name",
    "ConflictForm.last_name": "ConflictOfInterest.last_name",
    "ConflictForm.note": "ConflictOfInterest.note",
    "EndConflictForm.reason": "ConflictOfInterest.end_reason",
    "EndProtectionForm.reason": "IdentityProtection.end_reason",
    "HandlersForm.reason": "MatterWorker.end_reason",
    "ReportNoteForm.text": "Note.text",
    "RoundFollowUpForm.note": "PlanFollowUp.note",
    "MaskForm.reason": "Redaction.reason",
    "CommentForm.comment": "Disclosure.return_comment",
    "DeliverForm.how": "Disclosure.delivered_how",
    "WithdrawForm.reason": "Disclosure.withdrawn_reason",
    "NoteForm.text": "Note.text",
    "NoteChangeForm.text": "Note.text",
    "NoteChangeForm.reason": "Note.change_reason",
    "CorrectForm.first_name": "Person.first_name",
    "CorrectForm.last_name": "Person.last_name",
    "CorrectForm.reason": "PersonChange.reason",
    "NumberFoundForm.number": "Person.temporary_number",
    "NumberFoundForm.reason": "PersonChange.reason",
    "NumberChangedForm.number": "Person.temporary_number",
    "NumberChangedForm.first_name": "Person.first_name",
    "NumberChangedForm.last_name": "Person.last_name",
    "NumberChangedForm.reason": "PersonChange.reason",
    "BirthForm.number": "Person.temporary_number",
    "BirthForm.first_name": "Person.first_name",
    "BirthForm.last_name": "Person.last_name",
    "DeathForm.reason": "PersonChange.reason",
    "WhyForm.reason": "PersonChange.reason",
    "PersonAroundForm.first_name": "Guardian.first_name",
    "PersonAroundForm.last_name": "Guardian.last_name",
    "EndAroundForm.reason": "Guardian.end_reason",
    "OtherRecordForm.number": "Matter.number",
    "GuardianForm.first_name": "Guardian.first_name",
    "GuardianForm.last_name": "Guardian.last_name",
    "ParticipationForm.how": "GuardianParticipation.how",
    "ExtensionForm.reason": "Extension.reason",
    "MoveForm.moved_to": "Investigation.child_moved_to",
    "ReturnForm.comment": "DecisionDocument.return_comment",
    "CommunicationForm.how": "Communication.how",
    "FollowUpForm.note": "InterventionFollowUp.note",
    "InterventionEndForm.reason": "Intervention.end_reason",
    "ChildRow.first_name": "Person.first_name",
    "ChildRow.last_name": "Person.last_name",
    "TalkForm.note": "SeriousTalk.note",
    "AdditionForm.text": "Addition.text",
    "ChildBody.first_name": "Person.first_name",
    "ChildBody.last_name": "Person.last_name",
    "ReporterBody.name": "Report.reporter_name",
    "ReporterBody.organisation": "Report.reporter_organisation",
    "DecisionBody.group": "OrgUnit.code",
    "SeriousTalkBody.note": "SeriousTalk.note",
    "ExtensionBody.reason": "Extension.reason",
    "HandlersBody.main": "User.username",
    "HandlersBody.co": "User.username",
    "HandlersBody.reason": "MatterWorker.end_reason",
    "FollowUpBody.note": "InterventionFollowUp.note",
    "MeasurementForm.comment": "Measurement.comment",
    "TemperatureForm.comment": "Temperature.comment",
    "EventForm.text": "MarkedEvent.text",
    "ReductionForm.note": "Reduction.note",
    "NumbersForm.name": "WeightSet.name",
    "LevelForm.name": "WeightLevel.name",
    "FactorForm.name": "WeightFactor.name",
    "JudgeForm.comment": "LogCheckHit.comment",
    "RevisionForm.reason": "MonthlyClosing.reason",
    "CorrectionForm.reason": "Correction.reason",
    "ReasonBody.reason": "Correction.reason",
    "EntryBody.reason": "Correction.reason",
    "_Why.reason": "Correction.reason",
    "ParticipationCorrection.reason": "Correction.reason",
    "RiskCorrection.reason": "Correction.reason",
    "InstrumentCorrection.reason": "Correction.reason",
    "SafetyCorrection.reason": "Correction.reason",
    "CommunicationCorrection.reason": "Correction.reason",
    "CorrectionBody.reason": "Correction.reason",
    "MoveBody.reason": "Correction.reason",
    "FeedbackCorrectionBody.reason": "Correction.reason",
    "SeriousTalkCorrectionBody.reason": "Correction.reason",
    "CorrectReportForm.reason": "Correction.reason",
    "WithdrawReportForm.reason": "Correction.reason",
    "ReverseReportForm.reason": "Correction.reason",
    "UndoReportForm.reason": "Correction.reason",
    "MoveReportForm.reason": "Correction.reason",
    "FeedbackCorrection.reason": "Correction.reason",
    "TalkCorrection.reason": "Correction.reason",
    "PlanCorrection.reason": "Correction.reason",
    "ProtectionCorrection.reason": "Correction.reason",
    "ExtensionCorrection.reason": "Extension.reason",
    "ExtensionCorrection.why": "Correction.reason",
    "OfferForm.reason": "Handover.reason",
    "OfferBody.reason": "Handover.reason",
    "OfferBody.to_unit": "OrgUnit.code",
    "AcceptBody.group": "OrgUnit.code",
    "RefuseForm.reason": "Handover.answer_reason",
    "RefuseBody.reason": "Handover.answer_reason",
    "EntryBody.how": "GuardianParticipation.how",
    "ParticipationCorrection.how": "GuardianParticipation.how",
    "CommunicationCorrection.how": "Communication.how",
    "CorrectedReporterBody.name": "Report.reporter_name",
    "CorrectedReporterBody.organisation": "Report.reporter_organisation",
    "MoveBody.unit": "OrgUnit.code",
    "SeriousTalkCorrectionBody.note": "SeriousTalk.note",
    "TalkCorrection.note": "SeriousTalk.note",
    "MoveReportForm.first_name": "Person.first_name",
    "MoveReportForm.last_name": "Person.last_name",
}
"""Whose column a text is, where its name does not say so: no column is called so, or several are
and do not hold the same."""

FREE = {
    "ReaderForm.reason": "goes to a table whose texts have no limit",
    "ReasonForm.reason": "goes to the trail, whose reasons have no limit",
    "ReportBody.unit": "a code, compared and not stored",
}


def models_by_name() -> dict[str, type[models.Model]]:
    return {
        model.__name__: model for app in APPS for model in apps.get_app_config(app).get_models()
    }


def test_every_form_and_every_body_takes_as_much_as_its_column_holds() -> None:
    held, known, wrong = columns(), models_by_name(), {}
    for where, name, most in taken():
        if name in TYPED or where in FREE:
            continue
        if where in COLUMNS:
            model, column = COLUMNS[where].split(".")
            right = most == limit(known[model], column)
        else:
            right = held.get(name) == {most}
        if not right:
            wrong[where] = most
    assert wrong == {}, "not what its column holds: say limit(Model, column); and whose in COLUMNS"
    assert {*COLUMNS, *FREE} <= {where for where, _name, _most in taken()}
    assert len(list(taken())) > 120


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("reporter_name", "reporter_name"),
        ("reporter_organisation", "reporter_organisation"),
        ("reporter_contact", "reporter_contact"),
        ("concern", "concern"),
    ],
)
def test_the_form_and_the_body_of_a_report_take_the_same(name: str, column: str) -> None:
    from cases.reports.forms.logging import ReportForm

    body: Any = inputs.ReportBody()
    inner = name.removeprefix("reporter_")
    in_api = body.fields["reporter"].fields[inner] if inner != name else body.fields[name]
    field: Any = ReportForm.base_fields[name]
    assert field.max_length == in_api.max_length == limit(Report, column)


def test_a_column_without_a_limit_has_none_to_ask_for() -> None:
    with pytest.raises(LookupError, match=r"Report\.logged_at has no limit"):
        limit(Report, "logged_at")
