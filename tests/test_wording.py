"""What the product says in Swedish where a word was wrong once: it does not go back.

`SAID`: each text of the code, and the Swedish it has. `NEVER`: what no Swedish text says.
"""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace

import polib
import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext

from cases.enums import InvestigationType, ViolenceMark
from cases.reports.forms.logging import ChildRows
from cases.reports.forms.steps import DecideForm
from core import wording
from organisation.forms import AbsenceForm
from tests.factories import World
from workload.scales import Strain

TODAY = date(2026, 7, 10)

SAID = {
    "last day": "sista dag",
    "Last day": "Sista dag",
    "Alone with the child?": "Enskilt samtal med barnet?",
    "Guardians": "Föräldrar och vårdnadshavare",
    "No, with the reason": "Nej (ange skäl)",
    "Change handlers": "Byt handläggare",
    "Change the handlers": "Byt handläggare",
    "Keep the whole text back": "Lämna inte ut texten",
    "The proposal is with the one who decides.": "Förslaget är lämnat för beslut.",
    "The decision is taken.": "Beslutet är sparat.",
    "Cause": "Orsak",
    "Type of investigation": "Utredningstyp",
    "Ordinary investigation": "Ordinarie",
    "Child %(number)d": "Barn %(number)d",
    "Personal identity number": "Personnummer",
    "Not asked about yet": "Inte tillfrågat än",
    "Change the move": "Ändra flytten",
    "Own experience, 1 light to 5 too heavy": "Egen upplevelse, 1 lätt till 5 för tungt",
    "1 light, 5 too heavy": "1 lätt, 5 för tungt",
    "Wellbeing": "Mående",
}

NEVER = {
    r"förfall": "a deadline does not lapse: sista dag",
    r"\bagera\b|\bhandla senast": "gör klart senast",
    r"\bdag(?:ar)? (?:sen|för sent)\b": "%(count)d dagar försenad",
    r"\bensam med barnet|\bensamt med barnet": "enskilt samtal med barnet",
    r"\bMende\b|\bmende\b": "mående",
    r"\bej\b": "inte",
    r"\bTyp av utredning": "utredningstyp",
    r"håll(?:a|s)? (?:hela )?texten (?:inne|tillbaka)": "lämna inte ut texten",
}


@pytest.mark.parametrize(("source", "swedish"), SAID.items())
def test_each_text_has_the_swedish_that_was_settled(source: str, swedish: str) -> None:
    assert gettext(source) == swedish


def test_the_five_steps_of_strain_are_those_people_say() -> None:
    assert [str(label) for label in Strain.labels] == [
        "Lätt",
        "Ganska lätt",
        "Lagom",
        "Tungt",
        "För tungt",
    ]
    assert pgettext("work", "Light") == "Lätt"
    assert gettext("Light") == "Ljust"  # of the page's look


def test_a_deadline_says_its_last_day_and_how_late_it_is() -> None:
    def said(due: date, act_by: date | None = None, status: str = "due") -> str:
        item = SimpleNamespace(due_on=due, act_by=act_by, status=status)
        return wording.deadline(item, TODAY).text

    assert said(date(2026, 7, 6), status="overdue") == "4 dagar försenad, sista dag var mån 6 juli"
    assert said(date(2026, 7, 9), status="overdue") == "1 dag försenad, sista dag var tors 9 juli"
    assert said(date(2026, 7, 18), date(2026, 7, 17)) == (
        "7 dagar kvar, gör klart senast fre 17 juli (sista dag lör 18 juli)"
    )
    assert said(date(2026, 7, 11), TODAY) == "gör klart i dag (sista dag lör 11 juli)"
    assert ngettext("%(count)d day late", "%(count)d days late", 4) % {"count": 4} == (
        "4 dagar försenad"
    )


def test_what_is_wrong_in_a_row_of_children_says_which_child_and_which_field() -> None:
    rows = ChildRows(
        {
            "children-TOTAL_FORMS": "1",
            "children-INITIAL_FORMS": "0",
            "children-0-personal_identity_number": "20140312-2384",
        },
        prefix="children",
        form_kwargs={"today": TODAY},
    )
    assert not rows.is_valid()
    summary = Template("{% load ui %}{% error_summary rows %}").render(Context({"rows": rows}))
    assert "Barn 1, Personnummer: " in " ".join(summary.split())


def test_the_words_stand_where_they_are_read() -> None:
    assert InvestigationType.ORDINARY.label == "Ordinarie"
    assert DecideForm.base_fields["investigation_type"].label == "Utredningstyp"
    assert ViolenceMark.NOT_ASKED.label == "Inte tillfrågat än"
    assert AbsenceForm.base_fields["reason"].label == "Orsak"


def test_no_template_writes_a_day_for_machines_where_people_read_it() -> None:
    """`Y-m-d` stands in fields, `datetime=` and addresses; people read `swedish_day`."""
    attribute = re.compile(
        r"""(?:(?:value|min|max|datetime|data-[a-z]+)=|\?\w+=)["']?[{]{2}[^}]*$"""
    )
    wrong = [
        f"{path.relative_to(settings.BASE_DIR)}: {line.strip()[:80]}"
        for path in sorted((settings.BASE_DIR / "templates").rglob("*.html"))
        for line in path.read_text().splitlines()
        for found in re.finditer(r"""(?:date|time):["'](?:Y-m|y-m|j/n|d/m|SHORT|[^"']*H:i)""", line)
        if not attribute.search(line[: found.start()])
    ]
    assert wrong == []


def test_no_swedish_text_says_what_was_taken_away() -> None:
    texts = [
        text
        for path in sorted(settings.BASE_DIR.glob("locale/sv/LC_MESSAGES/**/*.po"))
        for entry in polib.pofile(str(path))
        for text in (entry.msgstr, *entry.msgstr_plural.values())
    ]
    assert len(texts) > 1000
    wrong = [
        (text, instead)
        for text in texts
        for pattern, instead in NEVER.items()
        if re.search(pattern, text, re.IGNORECASE)
    ]
    assert wrong == []


@pytest.mark.django_db
def test_pages_of_the_organisation_say_days_as_people_do(world: World) -> None:
    """Of these the rest of the walk is in tests/test_crawl.py."""
    client = Client(headers={"accept-language": "sv"})
    client.force_login(world.sysadmin)
    addresses = [
        reverse("organisation"),
        reverse("staff_list"),
        reverse("organisation_node", args=[world.unit.pk]),
        reverse("staff", args=[world.main.pk]),
        reverse("login_state", args=[world.main.pk]),
        reverse("token_list_all"),
    ]
    said = 0
    for url in addresses:
        answer = client.get(url)
        assert answer.status_code == 200, url
        words = re.sub(
            r"<script.*?</script>|<[^>]*>", " ", answer.content.decode(), flags=re.DOTALL
        )
        assert not re.search(r"\b(?:19|20)\d\d-[01]\d-[0-3]\d\b", words), url
        said += len(
            re.findall(r"\b(?:mån|tis|ons|tors|fre|lör|sön) \d{1,2} [a-zåäö]{3,9}\b", words)
        )
    assert said > 3
