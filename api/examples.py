"""Bodies to copy, for the guide that is made from the code. Every person in them is invented."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample

_REPORT = {
    "unit": "ST-BOU",
    "received_at": "2026-03-02T09:00:00+01:00",
    "channel": "phone",
    "kind": "report",
    "reporter": {
        "category": "school",
        "name": "Rektor Rut Rask",
        "organisation": "Lillskolan",
        "contact": "rektor@lillskolan.example",
        "wants_feedback": True,
    },
    "reasons": ["neglect", "school_absence"],
    "concern": "Barnet har varit borta från skolan i tre veckor.",
    "is_crime_report": False,
    "child_suspected": False,
    "linked_to": None,
    "idempotency_key": "6f8f1c1e-1f0b-4f0e-9d6d-0a5a3f0b7a11",
}

REPORT = OpenApiExample(
    "One child",
    summary=_("One child"),
    request_only=True,
    value={
        **_REPORT,
        "child": {
            "personal_identity_number": None,
            "first_name": "Alva",
            "last_name": "Ek",
            "birth_date": "2015-05-01",
            "gender": "girl",
        },
    },
)
SIBLINGS = OpenApiExample(
    "Two siblings",
    summary=_("Two siblings"),
    request_only=True,
    value={
        **_REPORT,
        "children": [
            {"first_name": "Alva", "last_name": "Ek", "birth_date": "2015-05-01"},
            {"first_name": "Nils", "last_name": "Ek", "birth_date": "2018-11-12"},
        ],
    },
)
PROTECTION_ASSESSMENT = OpenApiExample(
    "No immediate need",
    summary=_("Nobody needs protection at once"),
    request_only=True,
    value={
        "assessed_at": "2026-03-02T10:00:00+01:00",
        "outcome": "no_immediate_need",
        "child_spoken_with": True,
        "rationale": "Samtal med barnet i skolan.",
    },
)
DECISION = OpenApiExample(
    "Open",
    summary=_("An investigation is opened"),
    request_only=True,
    value={
        "decided_on": "2026-03-05",
        "outcome": "open",
        "rationale": "Det finns behov av utredning.",
        "group": "barn-1",
        "late_reason": "",
        "version": 2,
    },
)
CORRECTION = OpenApiExample(
    "Another time",
    summary=_("The letter came the day before"),
    request_only=True,
    value={
        "received_at": "2026-03-01T11:00:00+01:00",
        "channel": "letter",
        "reason": "Fel dag vid loggningen.",
    },
)
MOVE = OpenApiExample(
    "To another child",
    summary=_("It is about another child"),
    request_only=True,
    value={
        "child": {"first_name": "Nils", "last_name": "Ek", "birth_date": "2018-11-12"},
        "reason": "Loggad på fel barn.",
    },
)
REASON = OpenApiExample(
    "By mistake",
    summary=_("It was a mistake"),
    request_only=True,
    value={"reason": "Gjort av misstag."},
)
ASK_FEEDBACK = OpenApiExample(
    "Asked later",
    summary=_("The reporter asks later"),
    request_only=True,
    value={"asked_on": "2026-03-20"},
)
FEEDBACK = OpenApiExample(
    "By letter",
    summary=_("The reporter was told by letter"),
    request_only=True,
    value={"given_on": "2026-03-06", "channel": "letter"},
)
SERIOUS_TALK = OpenApiExample(
    "Held",
    summary=_("The talk was held"),
    request_only=True,
    value={
        "offered_at": "2026-03-02T13:00:00+01:00",
        "result": "held",
        "held_at": "2026-03-03T15:00:00+01:00",
        "with_guardians": True,
    },
)
EXTENSION = OpenApiExample(
    "A month",
    summary=_("A month more"),
    request_only=True,
    value={
        "until": "2026-08-05",
        "reason": "Särskilda skäl: den barnpsykiatriska utredningen är inte klar.",
        "decided_on": "2026-07-01",
    },
)
CONCLUSION = OpenApiExample(
    "With intervention",
    summary=_("It ends with an intervention"),
    request_only=True,
    value={
        "concluded_on": "2026-07-22",
        "outcome": "intervention",
        "rationale": "Familjen behöver familjebehandling.",
        "read_by_leader": True,
    },
)
HANDLERS = OpenApiExample(
    "A pair",
    summary=_("The first pair"),
    request_only=True,
    value={"main": "utredare", "co": "utredare2", "from": "2026-03-09"},
)
FOLLOW_UP = OpenApiExample(
    "With the child",
    summary=_("The child took part"),
    request_only=True,
    value={
        "followed_up_on": "2026-12-01",
        "child_took_part": True,
        "note": "Målen är delvis uppnådda.",
    },
)

TOLD: dict[str, Any] = {
    "act_by": "2026-03-16",
    "birth_date": "2015-05-01",
    "category": "school",
    "co": "utredare2",
    "code": "ST-BOU",
    "contact": "rektor@lillskolan.example",
    "count": 1,
    "due_on": "2026-03-16",
    "extended_to": None,
    "first_name": "Alva",
    "group": "barn-1",
    "handler": "mottagare",
    "id": 17,
    "investigation": 4,
    "last_name": "Ek",
    "logged_by": "mottagare",
    "number": "ST-BOU-2026-00017",
    "organisation": "Lillskolan",
    "report": 17,
    "reporter_category": "school",
    "responsible": "utredare",
    "unit": "ST-BOU",
    "username": "utredare",
    "version": 2,
}
"""What stands in an example of an answer, by the field's name; see `api.guide`."""

VERSION_SEEN = OpenApiExample(
    "Version", summary=_("As last read"), request_only=True, value={"version": 2}
)

HANDOVER = OpenApiExample(
    "With consent",
    summary=_("The family has moved, and its custodian consents"),
    request_only=True,
    value={
        "to_unit": "EV-BOU",
        "ground": "consent",
        "reason": "Familjen har flyttat till enhetens område.",
        "parts": ["plan", "notes"],
        "with_siblings": [],
        "consent_by": "Vårdnadshavaren, vid besök",
        "consented_on": "2026-03-20",
    },
)

TAKEN_OVER = OpenApiExample(
    "To a group",
    summary=_("A group takes over"),
    request_only=True,
    value={"group": "barn-1", "version": 1},
)

REFUSED = OpenApiExample(
    "Not here",
    summary=_("The family does not live here"),
    request_only=True,
    value={"reason": "Familjen bor kvar på sin gamla adress.", "version": 1},
)
