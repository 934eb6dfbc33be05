"""A changed KPI holds from now on, or for the past too; the audit agrees with either choice."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from incentives.org.models import Person
from incentives.org.refusals import Refused
from scoring.audit.running import audit, checks
from scoring.explain import explain
from scoring.explorer.changes import apply_to_the_past, save_kpi
from scoring.figures.contributions import contributions
from scoring.figures.kpis import figures
from scoring.figures.query import Grouping
from scoring.figures.windows import Period
from scoring.models import AgentDay, ChangedDay, Kpi, PointEntry, Score, Standing
from tests.org.cast import Cast
from tests.scoring.truth import MONDAY, bring_in, night, ticket, tickets_of_a_day

TUESDAY = MONDAY + timedelta(1)


@pytest.fixture
def week(cast: Cast, tmp_path: Path) -> Cast:
    """Tickets of Monday, and of Tuesday with one bad rating, and their night."""
    tuesday = {name: f"2026-11-03T0{hour}:00:00Z" for name, hour in (("opened", 2), ("closed", 3))}
    rows = [ticket(n, **tuesday, replied="", rating=1 if n == 40 else 5) for n in range(40, 48)]
    bring_in(tmp_path, [*tickets_of_a_day(), *rows])
    night()
    return cast


def stored() -> list[list[Any]]:
    """Everything that rests on KPIs."""
    return [
        sorted(Score.objects.values_list("agent", "period", "starts_on", "score")),
        sorted(PointEntry.objects.values_list("agent", "occurred_on", "amount")),
        sorted(Standing.objects.values_list("board__key", "starts_on", "position", "value")),
    ]


def on_monday(everything: list[list[Any]]) -> list[Any]:
    return [row for row in everything[0] if row[1:3] == ("day", MONDAY)]


def differences() -> list[str]:
    return [each.what for found in audit(checks()) for each in found.differences]


def changed_csat(**fields: str) -> Kpi:
    kpi = Kpi.objects.get(key="csat")
    for name, value in ({"numerator": "csat_count - csat_satisfied"} | fields).items():
        setattr(kpi, name, value)
    return kpi


def value(agent: Person, day: date) -> Decimal:
    rows = figures(
        by=Grouping.AGENT,
        period=Period.ALL,
        start=day,
        end=day,
        metrics=["csat"],
        agents=[agent.key],
    )
    assert rows[0].value is not None
    return rows[0].value


def test_a_new_formula_holds_from_its_day_and_the_past_stays(week: Cast) -> None:
    before, monday, tuesday = stored(), value(week.agent, MONDAY), value(week.agent, TUESDAY)
    change = save_kpi(kpi=changed_csat(), today=TUESDAY)
    assert change.kept_until == MONDAY
    assert value(week.agent, MONDAY) == monday
    assert value(week.agent, TUESDAY) == 100 - tuesday
    night()
    assert differences() == []
    after = stored()
    assert on_monday(after) == on_monday(before) != []
    assert after[0] != before[0], "the days from the change on are scored anew"


def test_with_tomorrow_as_its_first_day_nothing_changes_at_all(week: Cast) -> None:
    before = stored()
    save_kpi(kpi=changed_csat(), today=MONDAY + timedelta(30))
    assert not ChangedDay.objects.exists()
    assert differences() == []
    night(as_of=MONDAY + timedelta(8))
    assert stored()[:2] == before[:2]


def test_the_past_follows_with_the_next_night_when_asked(week: Cast) -> None:
    before = stored()
    save_kpi(kpi=changed_csat(), today=MONDAY + timedelta(30))
    change = apply_to_the_past(kpi=Kpi.objects.get(key="csat"))
    assert change.redone == ChangedDay.objects.count() > 0
    assert differences() != [], "until the night the audit says what is to come"
    night(as_of=MONDAY + timedelta(8))
    assert differences() == []
    assert stored()[0] != before[0]
    assert Kpi.objects.get(key="csat").earlier == []


def test_what_a_figure_means_changes_for_all_days(week: Cast) -> None:
    change = save_kpi(kpi=changed_csat(unit="score"), today=MONDAY + timedelta(30))
    assert change.kept_until is None
    assert change.redone == ChangedDay.objects.count() > 0
    night(as_of=MONDAY + timedelta(8))
    assert differences() == []


def test_a_meaning_that_a_published_card_contradicts_is_refused(week: Cast) -> None:
    for field, other in (("direction", "lower"), ("direction", "band")):
        with pytest.raises(Refused, match="would not fit any more") as refused:
            save_kpi(kpi=changed_csat(**{field: other}), today=TUESDAY)
        assert list(refused.value.by_field) == [field]
    assert Kpi.objects.get(key="csat").numerator == "csat_satisfied"
    assert not ChangedDay.objects.exists()


def test_a_target_or_a_name_changes_no_figure(week: Cast) -> None:
    kpi = Kpi.objects.get(key="csat")
    kpi.target, kpi.name_en = Decimal(50), "Happy"
    change = save_kpi(kpi=kpi, today=MONDAY + timedelta(30))
    assert (change.kept_until, change.redone) == (None, 0)
    assert not ChangedDay.objects.exists()


def test_two_changes_on_one_day_leave_one_earlier_formula(week: Cast) -> None:
    save_kpi(kpi=changed_csat(), today=TUESDAY)
    save_kpi(kpi=changed_csat(numerator="csat_count"), today=TUESDAY)
    save_kpi(kpi=changed_csat(numerator="handled"), today=TUESDAY + timedelta(1))
    kpi = Kpi.objects.get(key="csat")
    assert [(each["until"], each["numerator"]) for each in kpi.earlier] == [
        (MONDAY.isoformat(), "csat_satisfied"),
        (TUESDAY.isoformat(), "csat_count"),
    ]
    assert kpi.on(MONDAY).numerator == "csat_satisfied"
    assert kpi.on(TUESDAY).numerator == "csat_count"
    assert kpi.on(TUESDAY + timedelta(1)).numerator == "handled"


def test_facts_and_explanations_follow_the_formula_of_their_day(week: Cast) -> None:
    save_kpi(kpi=changed_csat(), today=TUESDAY)
    kpi = Kpi.objects.get(key="csat")
    for day in (MONDAY, TUESDAY):
        found, _many = contributions(
            kind="tickets", agent=week.agent, day=day, viewer=week.agent, kpi=kpi, page=1, size=99
        )
        n = sum((each.numerator or Decimal(0) for each in found), Decimal(0))
        d = sum((each.denominator or Decimal(0) for each in found), Decimal(0))
        assert 100 * n / d == value(week.agent, day)
    story = explain(agent=week.agent, day=MONDAY).score
    assert story is not None
    told = next(each for each in story.items if each.kpi.key == "csat")
    assert told.kpi.numerator == "csat_satisfied"


def test_durations_never_measured_stay_unmeasured_across_a_change(week: Cast) -> None:
    kpi = Kpi.objects.get(key="hold_share")
    kpi.numerator = "acw_seconds"
    save_kpi(kpi=kpi, today=TUESDAY)
    of: dict[str, Any] = {
        "by": Grouping.AGENT,
        "period": Period.ALL,
        "metrics": ["hold_share"],
        "agents": ["agent"],
    }
    assert [row.value for row in figures(**of)] == [None]
    AgentDay.objects.filter(day=MONDAY).update(hold_seconds=60, acw_seconds=999)
    assert [row.value for row in figures(**of, end=MONDAY)] == [Decimal(100 * 60) / (12 * 300)]
    assert [row.value for row in figures(**of)] == [Decimal(100 * 60) / (20 * 300)]


def test_the_page_says_what_rests_on_it_and_offers_the_past(client: Client, week: Cast) -> None:
    client.force_login(week.fresh("manager"))
    kpi = Kpi.objects.get(key="csat")
    form = {
        "name_en": kpi.name_en,
        "group": kpi.group,
        "level": kpi.level,
        "numerator": "csat_count",
        "denominator": kpi.denominator,
        "unit": kpi.unit,
        "direction": kpi.direction,
    }
    answer = client.post(reverse("scoring:kpi_edit", args=["csat"]), form, follow=True)
    page = answer.content.decode()
    assert "It counts so from today on; days before keep their formula." in page
    assert "The scorecard “" in page
    address = reverse("scoring:kpi_past", args=["csat"])
    assert address in page
    answer = client.post(address, follow=True)
    assert "The next night works" in answer.content.decode()
    assert address not in answer.content.decode()
    assert ChangedDay.objects.exists()


def test_only_editors_apply_it_to_the_past(client: Client, week: Cast) -> None:
    address = reverse("scoring:kpi_past", args=["csat"])
    client.force_login(week.fresh("supervisor"))
    assert client.post(address).status_code == 403
    client.force_login(week.fresh("manager"))
    assert client.get(address).status_code == 405
    assert client.post(reverse("scoring:kpi_past", args=["nothing"])).status_code == 404
