"""Addresses of investigations."""

from django.urls import path
from django.urls.resolvers import URLPattern

from cases.investigations.views import annulled, correcting, documents, lists, pages, sections
from cases.matters.addresses import about

ONE = "investigations/<int:pk>/"
ENTRY = ONE + "%s/<int:entry>/correct/"

urlpatterns: list[URLPattern] = [
    path("investigations/", lists.investigation_list, name="investigation_list"),
    path("investigations/export/", lists.investigation_export, name="investigation_export"),
    *about(
        "investigation",
        path(ONE, pages.investigation, name="investigation"),
        path(ONE + "annulled/", annulled.annulled, name="investigation_annulled"),
        path(ONE + "plan/", sections.Plan.as_view(), name="investigation_plan"),
        path(ONE + "notes/new/", sections.NewNote.as_view(), name="investigation_note"),
        path(ONE + "notes/late/", sections.LateNote.as_view(), name="investigation_late_note"),
        path(ONE + "guardians/new/", sections.NewGuardian.as_view(), name="investigation_guardian"),
        path(
            ONE + "participation/",
            sections.Participation.as_view(),
            name="investigation_participation",
        ),
        path(ONE + "protection/", sections.Protection.as_view(), name="investigation_protection"),
        path(ONE + "risk/", sections.Risk.as_view(), name="investigation_risk"),
        path(
            ONE + "instruments/", sections.InstrumentUsed.as_view(), name="investigation_instrument"
        ),
        path(ONE + "safety/", sections.Safety.as_view(), name="investigation_safety"),
        path(ONE + "extension/", sections.Extend.as_view(), name="investigation_extend"),
        path(ONE + "move/", sections.Move.as_view(), name="investigation_move"),
        path(ONE + "document/", documents.document, name="investigation_document"),
        path(
            ONE + "document/print/", documents.document_print, name="investigation_document_print"
        ),
        path(ONE + "document/pdf/", documents.document_pdf, name="investigation_document_pdf"),
        path(ONE + "document/submit/", pages.submit, name="investigation_submit"),
        path(ONE + "document/return/", sections.Return.as_view(), name="investigation_return"),
        path(ONE + "document/read/", pages.sign, name="investigation_read"),
        path(
            ONE + "communication/", sections.Communicate.as_view(), name="investigation_communicate"
        ),
        path(ONE + "conclusion/", sections.Conclude.as_view(), name="investigation_conclude"),
        path(
            ONE + "conclusion/reverse/",
            correcting.ReverseEnd.as_view(),
            name="investigation_reverse",
        ),
        path(
            ONE + "handlers/planned/",
            sections.CancelPlanned.as_view(),
            name="investigation_cancel_planned",
        ),
        path(
            ENTRY % "participation",
            correcting.CorrectParticipation.as_view(),
            name="investigation_participation_correct",
        ),
        path(
            ENTRY % "risk",
            correcting.CorrectRisk.as_view(),
            name="investigation_risk_correct",
        ),
        path(
            ENTRY % "instrument",
            correcting.CorrectInstrument.as_view(),
            name="investigation_instrument_correct",
        ),
        path(
            ENTRY % "rating",
            correcting.CorrectRating.as_view(),
            name="investigation_rating_correct",
        ),
        path(
            ENTRY % "communication",
            correcting.CorrectCommunication.as_view(),
            name="investigation_communication_correct",
        ),
        path(
            ONE + "plan/correct/",
            correcting.CorrectPlan.as_view(),
            name="investigation_plan_correct",
        ),
        path(
            ONE + "protection/correct/",
            correcting.CorrectProtection.as_view(),
            name="investigation_protection_correct",
        ),
        path(
            ENTRY % "extension",
            correcting.CorrectExtension.as_view(),
            name="investigation_extension_correct",
        ),
        path(
            ONE + "corrections/<int:entry>/undo/",
            correcting.UndoCorrection.as_view(),
            name="investigation_correction_undo",
        ),
        path(ONE + "conclusion/again/", correcting.EndAgain.as_view(), name="investigation_again"),
        path(ONE + "readers/", sections.GrantReading.as_view(), name="investigation_grant"),
        path(ONE + "readers/<int:reader>/revoke/", pages.revoke, name="investigation_revoke"),
    ),
]
