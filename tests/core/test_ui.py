"""The words and the markup of the components: what a reader is told, in both languages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polib
import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import trans_real
from hypothesis import given
from hypothesis import strategies as st

from core import wording
from core.decisions import Allowed, Denied
from core.widgets import DateInput, RadioCards

TODAY = date(2026, 8, 25)
CATALOGUES = Path(__file__).parents[2] / "locale" / "sv" / "LC_MESSAGES"


def _forget_translations() -> None:
    trans_real._translations.clear()
    trans_real._default = None


@pytest.fixture
def swedish(tmp_path: Path, settings) -> Iterator[None]:
    """Swedish as the catalogues stand on disk, whether or not they have been compiled."""
    merged = polib.POFile()
    for source in sorted(CATALOGUES.rglob("*.po")):
        catalogue = polib.pofile(str(source))
        merged.metadata = catalogue.metadata
        merged.extend(catalogue)
    folder = tmp_path / "sv" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    merged.save_as_mofile(str(folder / "django.mo"))
    settings.LOCALE_PATHS = [tmp_path]
    _forget_translations()
    with translation.override("sv"):
        yield
    _forget_translations()


@pytest.fixture
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@dataclass
class Duty:
    due_on: date
    act_by: date | None = None
    status: str = "due"
    met_on: date | None = None
    kind_label: str = "Utredning"


def words(duty: Duty, today: date = TODAY) -> str:
    return wording.deadline(duty, today).text


def render(source: str, **context: object) -> str:
    request = RequestFactory().get("/list/", context.pop("query", {}))
    return Template("{% load ui %}" + source).render(Context({"request": request, **context}))


# Days in words


@pytest.mark.usefixtures("swedish")
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 14), "lör 14 mars"),
        (date(2026, 8, 28), "fre 28 aug"),
        (date(2025, 12, 31), "ons 31 dec 2025"),
        (date(2027, 1, 1), "fre 1 jan 2027"),
    ],
)
def test_day_in_swedish_has_its_year_only_when_it_is_another(day: date, expected: str) -> None:
    assert wording.day(day, TODAY) == expected


@pytest.mark.usefixtures("swedish")
@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, "i dag"),
        (1, "1 dag kvar"),
        (3, "3 dagar kvar"),
        (-1, "1 dag försenad"),
        (-2, "2 dagar försenad"),
    ],
)
def test_days_left_in_swedish(days: int, expected: str) -> None:
    assert wording.days_left(TODAY + timedelta(days=days), TODAY) == expected


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, "today"),
        (1, "1 day left"),
        (3, "3 days left"),
        (-1, "1 day late"),
        (-2, "2 days late"),
    ],
)
def test_days_left_in_english(days: int, expected: str) -> None:
    assert wording.days_left(TODAY + timedelta(days=days), TODAY) == expected


@pytest.mark.usefixtures("swedish")
def test_a_moment_late_in_the_evening_is_the_day_it_was_in_stockholm() -> None:
    moment = datetime(2026, 8, 24, 22, 30, tzinfo=UTC)  # half past midnight on the 25th
    assert render("{{ at|swedish_day:today }}", at=moment, today=TODAY) == "tis 25 aug"
    assert render("{{ at|days_left_text:today }}", at=moment, today=TODAY) == "i dag"


def test_no_day_has_no_words() -> None:
    source = "[{{ day|swedish_day:today }}{{ day|days_left_text:today }}]"
    assert render(source, day=None, today=TODAY) == "[]"


# Deadlines in words


@pytest.mark.usefixtures("swedish")
@pytest.mark.parametrize(
    ("duty", "expected"),
    [
        (Duty(date(2026, 9, 14)), "20 dagar kvar, senast mån 14 sep"),
        (Duty(date(2026, 8, 26)), "1 dag kvar, senast ons 26 aug"),
        (Duty(TODAY), "i dag"),
        (
            Duty(date(2026, 8, 30), date(2026, 8, 28)),
            "3 dagar kvar, gör klart senast fre 28 aug (sista dag sön 30 aug)",
        ),
        (Duty(date(2026, 8, 30), TODAY), "gör klart i dag (sista dag sön 30 aug)"),
        (
            Duty(date(2026, 8, 30), date(2026, 8, 24)),
            "5 dagar kvar, sista dag sön 30 aug (skulle ha gjorts klart mån 24 aug)",
        ),
        (Duty(date(2026, 8, 24), status="overdue"), "1 dag försenad, sista dag var mån 24 aug"),
        (Duty(date(2026, 8, 23), status="overdue"), "2 dagar försenad, sista dag var sön 23 aug"),
        (Duty(date(2026, 8, 28), status="met", met_on=TODAY), "klart tis 25 aug"),
        (Duty(date(2026, 8, 28), status="met"), "klart i tid"),
        (
            Duty(date(2026, 8, 20), status="met_late", met_on=TODAY),
            "klart för sent, tis 25 aug, skulle vara klart tors 20 aug",
        ),
        (Duty(date(2026, 8, 28), status="cancelled"), "gäller inte längre"),
    ],
)
def test_deadline_in_swedish(duty: Duty, expected: str) -> None:
    assert words(duty) == expected


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("duty", "expected"),
    [
        (Duty(date(2026, 8, 26)), "1 day left, no later than Wed 26 Aug."),
        (Duty(TODAY), "today"),
        (Duty(date(2026, 8, 23), status="overdue"), "2 days late, was due Sun 23 Aug."),
        (
            Duty(date(2026, 8, 30), date(2026, 8, 28)),
            "3 days left, act by Fri 28 Aug. (falls due Sun 30 Aug.)",
        ),
    ],
)
def test_deadline_in_english(duty: Duty, expected: str) -> None:
    assert words(duty) == expected


@given(days=st.integers(-400, 400), early=st.integers(0, 4))
def test_only_what_is_past_its_statutory_day_is_called_late(days: int, early: int) -> None:
    due_on = TODAY + timedelta(days=days)
    duty = Duty(due_on, due_on - timedelta(days=early), "overdue" if days < 0 else "due")
    with translation.override("en"):
        said = wording.deadline(duty, TODAY)
    assert (said.tone == "late") == (days < 0)
    assert (" late, was due " in said.text) == (days < 0)


def test_tone_says_soon_from_three_days_before_the_day_to_act_by() -> None:
    def tone(days: int) -> str:
        act_by = TODAY + timedelta(days=days)
        return wording.deadline(Duty(act_by + timedelta(days=2), act_by), TODAY).tone

    assert [tone(days) for days in (5, 4, 3, 0)] == ["neutral", "neutral", "soon", "soon"]


@pytest.mark.usefixtures("swedish")
def test_chip_tells_state_by_icon_and_words_and_carries_the_day_for_machines() -> None:
    late = Duty(date(2026, 8, 23), status="overdue")
    chip = render("{% deadline_chip duty today %}", duty=late, today=TODAY)
    assert "<svg" in chip
    assert 'datetime="2026-08-23"' in chip
    assert "Utredning:" in chip
    assert "2 dagar försenad" in chip
    bare = render("{% deadline_chip duty today show_kind=False %}", duty=late, today=TODAY)
    assert "Utredning" not in bare


# Icons


def test_icon_is_hidden_from_screen_readers_unless_it_is_labelled() -> None:
    assert 'aria-hidden="true"' in render('{% icon "bell" %}')
    labelled = render('{% icon "bell" label=text %}', text='"><script>')
    assert 'role="img"' in labelled
    assert "<script>" not in labelled


def test_icon_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        render('{% icon "no-such-icon" %}')


# Lists


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("query", "state", "href"),
    [
        ({}, "", "?sort=due"),
        ({"sort": "due"}, 'aria-sort="ascending"', "?sort=-due"),
        ({"sort": "-due"}, 'aria-sort="descending"', "?sort=due"),
    ],
)
def test_sort_header_turns_the_order(query: dict[str, str], state: str, href: str) -> None:
    header = render('{% sort_header "due" "Due" %}', query=query)
    assert f'href="{href}"' in header
    assert ("aria-sort" in header) == bool(state)
    assert state in header


@pytest.mark.usefixtures("english")
def test_sort_header_keeps_filters_and_goes_back_to_the_first_page() -> None:
    query = {"group": "barn-1", "page": "4"}
    header = render('{% sort_header "due" "Due" default="due" %}', query=query)
    assert 'href="?group=barn-1&amp;sort=-due"' in header


@pytest.mark.usefixtures("english")
def test_pagination_keeps_the_query() -> None:
    page = Paginator(range(312), 25).get_page(6)
    shown = render("{% pagination page %}", page=page, query={"sort": "due", "page": "6"})
    assert "126–150 of 312" in shown
    assert 'href="?sort=due&amp;page=7"' in shown
    assert shown.count("aria-current") == 1


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(("rows", "expected"), [(1, "1 row"), (3, "3 rows")])
def test_pagination_of_one_page_only_counts(rows: int, expected: str) -> None:
    page = Paginator(range(rows), 25).get_page(1)
    shown = render("{% pagination page %}", page=page)
    assert f">{expected}<" in shown
    assert "<nav" not in shown


# Actions


def test_denied_action_shows_its_reason_and_cannot_be_sent() -> None:
    button = render(
        '{% action_button "/end/" "End" decision %}', decision=Denied("Only the <leader> may.")
    )
    assert 'aria-disabled="true"' in button
    assert "Only the &lt;leader&gt; may." in button
    assert "<form" not in button
    assert "/end/" not in button


def test_allowed_action_is_a_form_with_a_token_or_a_link() -> None:
    source = '{% action_button "/end/" "End" decision method=method confirm="Sure?" %}'
    posted = render(source, decision=Allowed(), method="post", csrf_token="token")
    assert 'action="/end/"' in posted
    assert 'value="token"' in posted
    assert 'data-confirm="Sure?"' in posted
    linked = render(source, decision=Allowed(), method="get")
    assert '<a class="btn' in linked


# Forms


class DecisionForm(forms.Form):
    decided_on = forms.DateField(label="Decided on", widget=DateInput, help_text="The day itself.")
    outcome = forms.ChoiceField(
        label="Outcome",
        choices=[("", "---------"), ("open", "Open"), ("close", "Do not open")],
        widget=RadioCards(descriptions={"open": "Four months start."}),
    )


@pytest.mark.usefixtures("english")
def test_statutory_choice_is_never_made_beforehand() -> None:
    shown = render("{% form_fields form %}", form=DecisionForm())
    assert shown.count('type="radio"') == 2
    assert "checked" not in shown
    assert "Four months start." in shown


@pytest.mark.usefixtures("english")
def test_field_is_joined_to_its_help_and_its_error() -> None:
    shown = render("{% field form.decided_on %}", form=DecisionForm({"decided_on": "soon"}))
    described = 'aria-describedby="id_decided_on_helptext id_decided_on_error"'
    assert described in shown
    assert 'id="id_decided_on_helptext"' in shown
    assert 'id="id_decided_on_error"' in shown
    assert 'aria-invalid="true"' in shown
    assert ">required<" in shown


@pytest.mark.parametrize(("hint", "left"), [("Code", False), ("6 digits", True)])
def test_a_placeholder_that_says_the_label_again_is_left_out(hint: str, left: bool) -> None:
    class CodeForm(forms.Form):
        code = forms.CharField(label="Code", widget=forms.TextInput(attrs={"placeholder": hint}))

    assert ("placeholder=" in render("{% form_fields form %}", form=CodeForm())) is left
    assert ("placeholder=" in render("{% field form.code %}", form=CodeForm())) is left


@pytest.mark.usefixtures("english")
def test_error_summary_leads_to_each_field() -> None:
    summary = render("{% error_summary form %}", form=DecisionForm({"decided_on": "soon"}))
    assert "2 things need your attention" in summary
    assert 'href="#id_decided_on"' in summary
    assert 'href="#div_id_outcome"' in summary


@pytest.mark.usefixtures("english")
def test_error_summary_names_the_row_of_a_formset() -> None:
    rows = forms.formset_factory(DecisionForm)(
        {
            "form-TOTAL_FORMS": "2",
            "form-INITIAL_FORMS": "0",
            "form-0-decided_on": "2026-08-25",
            "form-0-outcome": "open",
            "form-1-decided_on": "2026-08-25",
            "form-1-outcome": "neither",
        }
    )
    summary = render("{% error_summary form rows %}", form=None, rows=rows)
    assert "1 thing needs your attention" in summary
    assert "Row 2, Outcome" in summary


def test_error_summary_is_silent_about_a_row_that_is_removed() -> None:
    rows = forms.formset_factory(DecisionForm, can_delete=True)(
        {
            "form-TOTAL_FORMS": "2",
            "form-INITIAL_FORMS": "0",
            "form-0-outcome": "neither",
            "form-0-DELETE": "on",
            "form-1-outcome": "open",
        }
    )
    summary = render("{% error_summary rows %}", rows=rows)
    assert "form-0" not in summary
    assert "id_form-1-decided_on" in summary


def test_error_summary_of_a_form_not_sent_is_empty() -> None:
    assert render("{% error_summary form %}", form=DecisionForm()).strip() == ""


# Pieces


@pytest.mark.usefixtures("swedish")
def test_person_header_marks_protected_identity_in_words() -> None:
    header = render('{% person_header name="A" born="2014" age=11 protected=protected %}')
    assert "född 2014 (11 år)" in header
    assert "Skyddad identitet" not in header
    marked = render('{% person_header name="A" protected=True %}')
    assert "Skyddad identitet" in marked


@pytest.mark.usefixtures("english")
def test_component_takes_nothing_from_the_page_around_it() -> None:
    tile = render('{% stat_tile "Open" 4 %}', note="leaked", tone="late", url="/leaked/")
    assert "leaked" not in tile
    assert "late" not in tile


@pytest.mark.parametrize(
    ("value", "tone"), [(150, "ok"), (151, "soon"), (165, "soon"), (166, "late"), (None, "ok")]
)
def test_meter_turns_at_the_norm_and_at_a_tenth_over(value: float | None, tone: str) -> None:
    shown = render('{% meter value 150 "text" "Load" %}', value=value)
    assert f"meter tone-{tone}" in shown
    assert ("meter-fill" in shown) == (value is not None)


@pytest.mark.usefixtures("english")
def test_no_component_carries_inline_style_or_script() -> None:
    templates = Path(__file__).parents[2] / "templates"
    for path in templates.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert " style=" not in text, path
        assert "onclick" not in text, path
        assert "<script>" not in text, path
        assert "<style" not in text, path


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(("rows", "said"), [([], ""), ([1], "1 row"), ([1, 2], "2 rows")])
def test_rows_are_counted_where_there_are_any(rows: list[int], said: str) -> None:
    page = Paginator(rows, 50).get_page(1)
    shown = render("{% pagination page %}", page=page)
    assert shown.replace('<p class="pages-count">', "").replace("</p>", "").strip() == said


# Sections and forms


def test_a_section_is_named_by_its_title_and_keeps_its_buttons_beside_it(english: None) -> None:
    html = render(
        '{% panel title="Risk" id="risk" swaps=True %}'
        "{% panel_actions %}<a>Assess</a>{% endpanel_actions %}None yet.{% endpanel %}"
        '{% panel title="Plan" id="plan" %}Write it.{% endpanel %}'
    )
    risk, plan = html.split("</section>")[:2]
    assert 'id="risk" aria-labelledby="risk-title"' in risk
    assert 'hx-target="#risk"' in risk
    assert risk.index("Assess") < risk.index("None yet.")
    assert "Assess" not in plan
    assert "section-head" not in plan


def test_the_buttons_of_a_narrow_section_stand_below(english: None) -> None:
    html = render(
        '{% panel title="Time" id="time" below=True %}'
        "{% panel_actions %}<a>Extend</a>{% endpanel_actions %}Ten days left.{% endpanel %}"
    )
    assert html.index("Ten days left.") < html.index("Extend")


def test_the_section_just_saved_takes_the_focus_and_no_other(english: None) -> None:
    source = "".join(
        f'{{% panel title="T" id="{name}" %}}{{% endpanel %}}' for name in ("plan", "r")
    )
    assert render(source).count("autofocus") == 0
    html = render(source, fresh="plan")
    assert html.count("autofocus") == 1
    assert 'id="plan-title" tabindex="-1" autofocus' in html


class Sample(forms.Form):
    name = forms.CharField()


def test_a_form_says_what_is_wrong_and_where_its_answer_goes(english: None) -> None:
    form = Sample({"name": ""})
    html = render(
        '{% form_page form=form action="/save/" swaps="#case" %}<p>Fields</p>{% endform_page %}',
        form=form,
        csrf_token="secret",
    )
    assert 'action="/save/" hx-post="/save/" hx-target="#case"' in html
    assert 'name="csrfmiddlewaretoken" value="secret"' in html
    assert " data-bound" in html
    assert html.index("data-error-summary") < html.index("Fields")
    plain = render("{% form_page form=form %}{% endform_page %}", form=Sample())
    for left_out in ("hx-post", "action=", "data-bound", "data-error-summary"):
        assert left_out not in plain


def test_what_is_asked_for_in_private_never_stands_in_an_address(english: None) -> None:
    source = '{% filter_bar target="#list" private=True %}{% endfilter_bar %}'
    html = render(source, query={"role": "leader", "page": "3"}, csrf_token="secret")
    assert 'method="post"' in html
    assert 'hx-post=""' in html  # to the address as it is when it is sent
    assert "action=" not in html
    assert 'hx-push-url="false"' in html
    assert "hx-get" not in html
    assert 'method="get"' in render('{% filter_bar target="#list" %}{% endfilter_bar %}')
