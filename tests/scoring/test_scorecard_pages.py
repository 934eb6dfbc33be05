"""Managers write scorecards and the calendar in the browser; agents read their own."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from incentives.org.models import CalendarDay, Company
from scoring.models import ChangedDay, Kpi, Scorecard, ScorecardAcknowledgement
from scoring.scorecards import versions
from tests.dashboards.test_csp import assert_no_inline
from tests.org.cast import Cast
from tests.scoring.scorecards import CSAT, FRT, MONDAY, add_totals, compute, make_card

READERS = ("supervisor", "site_manager", "manager", "hr", "executive", "administrator")
EDITORS = ("manager", "administrator")
EVERYBODY = ("agent", "stranger", *READERS)


@pytest.fixture
def scored(cast: Cast) -> Cast:
    """Alpha has a card of its own, and its agent a score from it."""
    make_card(team=cast.alpha)
    add_totals(cast.agent, cast.alpha, csat_satisfied=17, csat_count=20)
    compute()
    return cast


def card_form(*items: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """What a browser sends for a card."""
    data = {"name_en": "Premium", "name_zh": "", "key": "premium", "team": "", "channel": ""}
    data |= {name: str(value) for name, value in fields.items()}
    for at, item in enumerate(items):
        values = dict(item) | {"kpi": Kpi.objects.get(key=item["kpi"]).pk}
        data |= {f"item-{at}-{name}": str(value) for name, value in values.items()}
    return data


def test_who_may_read_and_who_may_write(client: Client, scored: Cast) -> None:
    card = Scorecard.objects.get(key="own")
    draft = card.new_version(starts_on=None)
    for who in scored.in_turn(client, EVERYBODY):
        editor, reader = who in (*EDITORS, "site_manager"), who in READERS
        expected = {
            reverse("scoring:scorecards"): 200 if reader else 403,
            reverse("scoring:scorecard", args=[card.pk]): 200 if reader or who == "agent" else 404,
            reverse("scoring:scorecard", args=[draft.pk]): 200 if reader else 404,
            reverse("scoring:scorecard_new"): 200 if editor else 403,
            reverse("scoring:scorecard_edit", args=[draft.pk]): 200 if editor else 403,
            reverse("scoring:scorecard_edit", args=[card.pk]): 404 if editor else 403,
            reverse("scoring:scorecard_publish", args=[draft.pk]): 200 if editor else 403,
            reverse("scoring:calendar"): 200 if editor else 403,
            reverse("scoring:calendar_year", args=[1066]): 404 if editor else 403,
        }
        for address, status in expected.items():
            answer = client.get(address)
            assert (who, address, answer.status_code) == (who, address, status)
            if status == 200:
                assert_no_inline(answer.content.decode())
        for name in ("revise", "copy", "discard", "retire"):
            address = reverse(f"scoring:scorecard_{name}", args=[card.pk])
            assert client.get(address).status_code == 405
            if not editor:
                assert client.post(address).status_code == 403


def test_visitors_are_sent_to_sign_in(client: Client, cast: Cast) -> None:
    answer = client.get(reverse("scoring:scorecards"))
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_a_sites_manager_changes_the_cards_of_own_teams_only(client: Client, scored: Cast) -> None:
    client.force_login(scored.fresh("site_manager"))
    general = Scorecard.objects.get(key="general")
    assert client.post(reverse("scoring:scorecard_revise", args=[general.pk])).status_code == 404
    foreign = make_card(key="foreign", team=scored.beta, publish=False)
    for name in ("edit", "publish"):
        address = reverse(f"scoring:scorecard_{name}", args=[foreign.pk])
        assert client.get(address).status_code == 404
    assert client.post(reverse("scoring:scorecard_discard", args=[foreign.pk])).status_code == 404
    answer = client.post(reverse("scoring:scorecard_new"), card_form(CSAT, FRT))
    assert answer.status_code == 422
    assert "team" in answer.context["form"].card.errors
    beta = card_form(CSAT, FRT, team=scored.beta.pk)
    assert client.post(reverse("scoring:scorecard_new"), beta).status_code == 422
    assert not Scorecard.objects.filter(key="premium").exists()
    alpha = card_form(CSAT, FRT, team=scored.alpha.pk)
    assert client.post(reverse("scoring:scorecard_new"), alpha).status_code == 302


def test_a_manager_writes_and_publishes_a_card(client: Client, scored: Cast) -> None:
    client.force_login(scored.fresh("manager"))
    guarded = FRT | {
        "guard_metric": "csat",
        "guard_op": ">=",
        "guard_value": "85",
        "guard_least": "5",
        "guard_at_most": "50",
    }
    form = card_form(CSAT, guarded, team=scored.beta.pk)
    answer = client.post(reverse("scoring:scorecard_new"), form)
    card = Scorecard.objects.get(key="premium")
    assert answer["Location"] == reverse("scoring:scorecard_publish", args=[card.pk])
    assert [(item.kpi.key, int(item.weight)) for item in card.items.select_related("kpi")] == [
        ("csat", 60),
        ("frt", 40),
    ]
    assert card.guards == [
        {"kpi": "frt", "metric": "csat", "op": ">=", "value": "85", "least": 5, "at_most": "50"}
    ]
    again = client.get(reverse("scoring:scorecard_edit", args=[card.pk]))
    assert again.context["form"].rows[1].has_guard
    publish = reverse("scoring:scorecard_publish", args=[card.pk])
    done = client.post(publish, {"on": "2026-12-01", "reason": "A start"}, follow=True)
    card.refresh_from_db()
    assert (card.status, card.starts_on, card.reason) == (
        "published",
        date(2026, 12, 1),
        "A start",
    )
    assert "is published" in done.content.decode()


@pytest.mark.parametrize(
    ("items", "fields", "part"),
    [
        ((CSAT | {"weight": 55}, FRT), {}, "The weights add up to 95: 5 are missing to 100."),
        ((CSAT, FRT | {"floor": 10}), {}, "Lower is better here"),
        ((CSAT, CSAT | {"weight": 40}), {}, "is in the scorecard twice"),
        ((CSAT, FRT), {"key": "own"}, "There is a scorecard with this key"),
        ((CSAT, FRT), {"key": "No Key"}, "Use small letters"),
        ((CSAT, FRT | {"weight": "many"}), {}, "Enter a number"),
        ((CSAT, FRT | {"guard_metric": "csat"}), {}, "needs a value to compare with"),
        ((CSAT, FRT | {"guard_metric": "csatt"}), {}, "not one of the available choices"),
    ],
)
def test_a_wrong_card_comes_back_with_its_mistakes_and_is_not_saved(
    client: Client, scored: Cast, items: Any, fields: dict[str, str], part: str
) -> None:
    client.force_login(scored.fresh("manager"))
    answer = client.post(reverse("scoring:scorecard_new"), card_form(*items, **fields))
    assert answer.status_code == 422
    assert part in answer.content.decode().replace("&#x27;", "'")
    assert not Scorecard.objects.filter(status="draft").exists()


def test_an_unknown_kpi_is_refused(client: Client, scored: Cast) -> None:
    client.force_login(scored.fresh("manager"))
    form = card_form(CSAT, FRT) | {"item-1-kpi": "99999"}
    answer = client.post(reverse("scoring:scorecard_new"), form)
    assert answer.status_code == 422
    assert "not one of the available choices" in answer.content.decode()


def test_overlapping_dates_are_a_form_error(client: Client, scored: Cast) -> None:
    client.force_login(scored.fresh("manager"))
    card = make_card(key="second", team=scored.alpha, publish=False, starts_on=None)
    address = reverse("scoring:scorecard_publish", args=[card.pk])
    answer = client.post(address, {"on": "2026-12-01", "reason": "x"})
    assert answer.status_code == 422
    assert "“Own card” (version 1) is in force" in answer.context["form"].errors["on"][0]
    card.refresh_from_db()
    assert not card.is_published


def test_the_preview_compares_scores_and_saves_nothing(client: Client, scored: Cast) -> None:
    client.force_login(scored.fresh("manager"))
    card = Scorecard.objects.get(key="own").new_version(starts_on=None)
    harder = card_form(CSAT | {"weight": 100, "target": 94, "stretch": 99}, key="own")
    harder |= {"team": str(scored.alpha.pk), "preview": "consequence"}
    address = reverse("scoring:scorecard_edit", args=[card.pk])
    answer = client.post(address, harder, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert b"<html" not in answer.content
    effect = answer.context["effect"]
    assert (effect.agents, effect.gain, effect.lose) == (1, 0, 1)
    assert (effect.median_before, effect.median_after) == (75, 62.5)
    assert sum(effect.before) == sum(effect.after) == 1
    assert len(answer.context["sentences"][0]) == 2
    assert card.items.count() == 2


def test_items_are_added_and_removed_without_javascript(client: Client, scored: Cast) -> None:
    client.force_login(scored.fresh("manager"))
    form = card_form(CSAT | {"weight": 50}, FRT)
    added = client.post(reverse("scoring:scorecard_new"), form | {"add_row": "1"})
    assert added.context["form"].rows.numbers == [0, 1, 2]
    assert "This field is required" not in added.content.decode()
    assert added.context["weights"].startswith("The weights add up to 90")
    removed = client.post(reverse("scoring:scorecard_new"), form | {"drop_row": "0"})
    assert removed.context["form"].rows.numbers == [1]


def test_versions_begin_end_and_go_by_buttons(client: Client, scored: Cast) -> None:
    client.force_login(scored.fresh("manager"))
    card = Scorecard.objects.get(key="own")
    client.post(reverse("scoring:scorecard_revise", args=[card.pk]))
    draft = Scorecard.objects.get(key="own", version=2)
    client.post(reverse("scoring:scorecard_discard", args=[draft.pk]))
    assert not Scorecard.objects.filter(pk=draft.pk).exists()
    refused = client.post(reverse("scoring:scorecard_discard", args=[card.pk]), follow=True)
    assert "stays" in refused.content.decode()
    client.post(reverse("scoring:scorecard_retire", args=[card.pk]))
    card.refresh_from_db()
    assert card.ends_on == Company.current().today()
    template = Scorecard.objects.get(key="technical_support")
    copy = reverse("scoring:scorecard_copy", args=[template.pk])
    client.post(copy, {"team": scored.beta.pk})
    assert not Scorecard.objects.get(team=scored.beta).is_published


def test_an_agent_reads_what_changes_and_says_so(client: Client, scored: Cast) -> None:
    draft = Scorecard.objects.get(key="own").new_version(starts_on=None)
    done = versions.publish(
        card=draft, on=date(2026, 12, 1), by=scored.manager, reason="Now clearer"
    )
    agent = scored.fresh("agent")
    client.force_login(agent)
    address = reverse("scoring:scorecard", args=[done.pk])
    assert "Now clearer" in client.get(address).content.decode()
    client.post(reverse("scoring:scorecard_acknowledge", args=[done.pk]))
    assert ScorecardAcknowledgement.objects.filter(scorecard=done, agent=agent).exists()
    assert not client.get(address).context["unread"]
    client.force_login(scored.fresh("stranger"))
    assert client.post(reverse("scoring:scorecard_acknowledge", args=[done.pk])).status_code == 404


def test_pages_ask_a_fixed_number_of_queries(
    client: Client, scored: Cast, django_assert_max_num_queries: Any
) -> None:
    client.force_login(scored.fresh("manager"))
    for number in range(5):
        make_card(CSAT, FRT, key=f"draft-{number}", publish=False)
    draft = Scorecard.objects.get(key="draft-0")
    most = {
        reverse("scoring:scorecards"): 14,
        reverse("scoring:scorecard", args=[Scorecard.objects.get(key="own").pk]): 20,
        reverse("scoring:scorecard_edit", args=[draft.pk]): 32,
        reverse("scoring:scorecard_publish", args=[draft.pk]): 30,
        reverse("scoring:calendar"): 14,
    }
    for address, many in most.items():
        with django_assert_max_num_queries(many):
            assert client.get(address).status_code == 200


def test_the_calendar_offers_holidays_and_promotions(client: Client, scored: Cast) -> None:
    Company.objects.update(country="CN")
    client.force_login(scored.fresh("manager"))
    shown = client.get(reverse("scoring:calendar_year", args=[2026])).context["days"]
    names = {form.instance.day: form.instance for form in shown}
    assert names[date(2026, 6, 18)].kind == "promotion"
    assert names[date(2026, 11, 11)].name_zh == "双十一"
    assert (names[date(2026, 1, 1)].kind, names[date(2026, 1, 1)].name_zh) == ("holiday", "元旦")
    assert not CalendarDay.objects.exists()


def test_a_changed_day_has_its_scores_looked_at_again(client: Client, scored: Cast) -> None:
    client.force_login(scored.fresh("manager"))
    add_totals(scored.agent, scored.alpha, date(2026, 11, 11), handled=3)
    form = {
        "action": "days",
        "2026-06-18-treatment": "counts",
        "2026-11-11-treatment": "relaxed",
        "2026-11-11-factor": "0.7",
        "2026-12-12-treatment": "counts",
    }
    address = reverse("scoring:calendar_year", args=[2026])
    assert client.post(address, form).status_code == 302
    assert list(CalendarDay.objects.values_list("day", "treatment", "factor")) == [
        (date(2026, 11, 11), "relaxed", Decimal("0.7"))
    ]
    assert list(ChangedDay.objects.values_list("day", flat=True)) == [date(2026, 11, 11)]
    ChangedDay.objects.all().delete()
    client.post(address, form)
    assert not ChangedDay.objects.exists()
    wrong = client.post(address, form | {"2026-11-11-factor": "1.5"})
    assert wrong.status_code == 422
    assert "above 0 and at most 1" in wrong.content.decode()


def test_own_days_and_the_place_are_kept(client: Client, scored: Cast) -> None:
    client.force_login(scored.fresh("manager"))
    address = reverse("scoring:calendar_year", args=[2026])
    own = {
        "action": "own",
        "day": MONDAY.isoformat(),
        "name_en": "Move",
        "kind": "other",
        "treatment": "excluded",
    }
    assert client.post(address, own).status_code == 302
    assert client.post(address, own).status_code == 422
    assert CalendarDay.objects.get().treatment == "excluded"
    client.post(address, {"action": "place", "time_zone": "Asia/Tokyo", "country": "JP"})
    assert (Company.current().time_zone, Company.current().country) == ("Asia/Tokyo", "JP")


def test_a_sites_manager_only_looks_at_the_calendar(client: Client, scored: Cast) -> None:
    client.force_login(scored.fresh("site_manager"))
    client.post(reverse("scoring:calendar"), {"action": "place", "time_zone": "Asia/Tokyo"})
    assert Company.current().time_zone == "Asia/Shanghai"


def test_unusually_busy_days_are_proposed(client: Client, scored: Cast) -> None:
    for week in range(9):
        many = 100 + week % 2 if week else 400
        add_totals(None, scored.beta, MONDAY - timedelta(weeks=week), handled=many)
    client.force_login(scored.fresh("manager"))
    peaks = client.get(reverse("scoring:calendar_year", args=[2026])).context["peaks"]
    assert [peak.day for peak in peaks] == [MONDAY]
    CalendarDay.objects.create(day=MONDAY, name_en="Sale")
    assert not client.get(reverse("scoring:calendar_year", args=[2026])).context["peaks"]
