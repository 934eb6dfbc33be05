"""The sentence builder: rows come and go with and without JavaScript, nothing is lost on the way."""

from __future__ import annotations

from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from scoring.criteria import load_criteria, parse_criteria
from scoring.criteria.dry_run import dry_run
from scoring.criteria.forms import CriteriaBuilder, CriterionRow
from scoring.models import Season
from tests.dashboards.test_csp import assert_no_inline
from tests.markup import tight
from tests.org.cast import Cast
from tests.scoring.kpi_data import MONDAY

CSAT = {"metric": "csat", "window": "day", "op": ">=", "value": 80}
EVERY_KIND = {
    "any": [
        {**CSAT, "least": 2.5, "streak": 3},
        {"measure": "praises", "window": {"rolling_days": 7}, "op": ">", "value": 1.25},
        {
            "measure": "praises + saves",
            "window": {"period": "week", "back": 1},
            "op": "!=",
            "value": 0,
        },
        {"metric": "frt", "window": "season", "percentile": {"top": 2.5, "among": "team"}},
        {"score": "any", "window": "month", "op": ">", "value": 90, "streak": 3},
        {
            "metric": "aht",
            "window": {"from": "2026-11-01", "to": "2026-11-11"},
            "op": "<",
            "value": 9,
        },
    ]
}
NESTED = {"all": [CSAT, {"any": [CSAT, {**CSAT, "window": "week"}]}]}


class Form(HTMLParser):
    """What a browser would send of a page: names and values in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []
        self.select = ""
        self.first = ""
        self.area: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input":
            self.sent.append((given["name"], given.get("value", "")))
        elif tag == "select":
            self.select, self.first = given["name"], ""
        elif tag == "option" and (not self.first or "selected" in given):
            if self.first:
                self.sent.pop()
            self.first = "seen"
            self.sent.append((self.select, given["value"]))
        elif tag == "textarea":
            self.area = given["name"]

    def handle_data(self, data: str) -> None:
        if self.area:
            self.sent.append((self.area, data))
            self.area = None

    def data(self, **more: str) -> QueryDict:
        """As Django reads it, with a button pressed perhaps."""
        query = QueryDict(mutable=True)
        for name, value in [*self.sent, *more.items()]:
            query.appendlist(name, value)
        return query


def html_of(builder: CriteriaBuilder, **context: Any) -> str:
    return render_to_string("components/criteria_builder.html", {"builder": builder, **context})


def pressed(builder: CriteriaBuilder, button: str) -> CriteriaBuilder:
    """The builder after a press of one of its buttons in the page that it shows."""
    data = Form(html_of(builder)).data(**{"criteria-button": button})
    return CriteriaBuilder(data)


def rows(*given: dict[str, str], prefix: str = "criteria", **more: str) -> QueryDict:
    """A request with these rows; parts not given are as in a new row."""
    query = QueryDict(mutable=True)
    for row in given:
        filled = CriterionRow(**row)
        for part in CriterionRow.__dataclass_fields__:
            query.appendlist(f"{prefix}-{part}", getattr(filled, part))
    for name, value in more.items():
        query[f"{prefix}-{name}"] = value
    return query


@pytest.mark.django_db
@pytest.mark.parametrize("stored", [EVERY_KIND, NESTED])
def test_what_is_stored_comes_back_from_the_page_unchanged(stored: dict[str, Any]) -> None:
    shown = CriteriaBuilder(criteria=stored)
    sent = CriteriaBuilder(Form(html_of(shown)).data())
    assert sent.is_valid(), sent.problems
    assert sent.criteria == parse_criteria(stored)
    assert not sent.editing


def test_rows_are_added_and_removed_and_nothing_else_changes(db: None) -> None:
    builder = pressed(CriteriaBuilder(criteria=EVERY_KIND), "add")
    assert builder.editing
    assert len(builder.rows) == 7
    builder = pressed(pressed(builder, "drop-3"), "drop-1")
    assert builder.criteria is not None
    kept = [EVERY_KIND["any"][at] for at in (0, 2, 4, 5)]
    assert builder.criteria.as_data() == {"any": kept}
    for _each in range(4):
        builder = pressed(builder, "drop-0")
    assert builder.rows == [CriterionRow()]
    assert pressed(builder, "drop-7").rows == [CriterionRow()]


def test_groups_are_edited_as_json_and_rows_can_be_had_back(db: None) -> None:
    builder = pressed(CriteriaBuilder(criteria=EVERY_KIND), "text")
    assert builder.as_text
    assert pressed(builder, "rows").rows == CriteriaBuilder(criteria=EVERY_KIND).rows
    nested = pressed(CriteriaBuilder(criteria=NESTED), "rows")
    assert nested.as_text
    assert nested.criteria == load_criteria(NESTED)


def test_an_empty_builder_is_an_error_only_where_criteria_are_needed(db: None) -> None:
    assert CriteriaBuilder(rows({})).whole_problems == ["Add at least one criterion."]
    optional = CriteriaBuilder(rows({}), required=False)
    assert optional.is_valid()
    assert optional.criteria is None


def test_each_row_says_what_is_wrong_with_it(db: None) -> None:
    builder = CriteriaBuilder(
        rows(
            {"what": "csat", "value": "x"},
            {},
            {"what": "handled", "op": "top", "value": "5", "window": "rolling", "days": "0"},
            {"what": "csat", "value": "90"},
        )
    )
    assert [bool(problems) for _row, problems in builder.numbered_rows] == [
        True,
        False,
        True,
        False,
    ]
    html = html_of(builder)
    assert "“value” is a number, such as 90 or 2.5." in html
    assert 'aria-describedby="criteria-2-error"' in html
    assert not builder.sentences


def test_a_hidden_number_in_a_row_is_left_out(db: None) -> None:
    row = {"what": "csat", "value": "90", "window": "rolling", "streak": "3"}
    builder = CriteriaBuilder(rows(row))
    assert builder.criteria is not None
    assert builder.criteria.as_data()["all"][0].get("streak") is None


def test_lists_offer_kpis_and_measures_in_the_readers_language(db: None) -> None:
    with translation.override("zh-hans"):
        html = tight(html_of(CriteriaBuilder()))
    assert '<option value="csat">客户满意度</option>' in html
    assert '<option value="=praises">好评数</option>' in html
    assert '<option value="team"' not in html_of(CriteriaBuilder(by="team"))


def test_two_builders_live_in_one_form(db: None) -> None:
    data = rows({"what": "csat", "value": "90"}, prefix="guard")
    for name, values in rows({"what": "handled", "value": "9"}, prefix="threshold").lists():
        data.setlist(name, values)
    guard = CriteriaBuilder(data, prefix="guard")
    threshold = CriteriaBuilder(data, prefix="threshold")
    assert guard.criteria is not None
    assert threshold.criteria is not None
    assert [leaf.key for _path, leaf in guard.criteria.leaves()] == ["csat"]
    assert [leaf.key for _path, leaf in threshold.criteria.leaves()] == ["handled"]


def test_the_page_carries_nothing_that_its_policy_refuses(db: None) -> None:
    assert_no_inline(html_of(CriteriaBuilder(criteria=EVERY_KIND)))


def test_the_answer_has_the_sentence_in_both_languages_and_who_meets_it(
    played: Cast, client: Client
) -> None:
    client.force_login(played.manager)
    html = answer(client, rows({"what": "csat", "value": "80", "window": "week"}))
    assert '<p lang="en">“Customer satisfaction (share satisfied)” is at least 80 %' in html
    assert '<p lang="zh-Hans">本周“客户满意度”不低于 80%。</p>' in html
    assert "Would be met by 1 of 4 people now" in html
    teams = answer(client, rows({"what": "csat", "value": "60", "window": "week"}, by="team"))
    assert "Would be met by 2 of 2 teams now" in teams


def test_a_supervisor_is_told_about_those_that_they_see(played: Cast, client: Client) -> None:
    client.force_login(played.supervisor)
    html = answer(client, rows({"what": "csat", "value": "1", "window": "week"}))
    # The two in alpha, and former, who once was.
    assert "Would be met by 1 of 3 people now" in html


def test_a_dry_run_knows_the_season(played: Cast) -> None:
    criteria = parse_criteria({"all": [{**CSAT, "window": "season"}]})
    seen = dry_run(criteria, viewer=played.manager)
    assert seen is not None
    assert (seen.met, seen.asked, seen.as_of) == (0, 4, MONDAY)
    Season.objects.create(name="Autumn", starts_on=MONDAY, ends_on=MONDAY + timedelta(9))
    seen = dry_run(criteria, viewer=played.manager)
    assert seen is not None
    assert seen.met == 1


def answer(client: Client, data: QueryDict, status: int = 200) -> str:
    url = reverse("scoring:criteria_builder", args=["criteria"])
    response = client.post(url, dict(data.lists()))
    assert response.status_code == status
    return response.content.decode()


def test_before_the_first_import_it_says_so(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    html = answer(client, rows({"what": "csat", "value": "1"}))
    assert "after the first import" in html
    assert 'hx-trigger="load"' not in html


def test_only_those_who_write_rules_may_ask(cast: Cast, client: Client) -> None:
    url = reverse("scoring:criteria_builder", args=["criteria"])
    assert client.post(url).status_code == 302
    for name, status in (("agent", 403), ("executive", 403), ("hr", 200), ("administrator", 200)):
        client.force_login(getattr(cast, name))
        assert client.post(url).status_code == status
    assert client.get(url).status_code == 405


@pytest.mark.parametrize("options", [{"scores": False}, {"by": "team"}])
def test_scores_are_offered_only_where_they_can_be_asked_for(
    db: None, options: dict[str, Any]
) -> None:
    assert "score:any" in html_of(CriteriaBuilder())
    plain = CriteriaBuilder(**options)
    assert "score:" not in html_of(plain)
    assert "score:" not in html_of(pressed(plain, "add")), "nor after a button was pressed"
