"""What the database itself keeps and refuses, whoever writes to the ledger."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from scoring.models import PointEntry, PointRule, PointTotal, Season, SeasonResult
from tests import databases
from tests.org.cast import Cast
from tests.scoring.points_data import MONDAY, earn, night, points, work

pytestmark = pytest.mark.django_db


def test_lifetime_points_follow_every_statement(cast: Cast) -> None:
    rows = [
        PointEntry(
            agent=agent, amount=amount, kind="quest", occurred_on=MONDAY, booked_on=MONDAY,
            source_key=f"q:{agent.pk}:{amount}",
        )
        for agent in (cast.agent, cast.teammate)
        for amount in (7, 3, -2)
    ]  # fmt: skip
    PointEntry.objects.bulk_create(rows)
    assert set(PointTotal.objects.values_list("agent__key", "lifetime")) == {
        ("agent", 8),
        ("teammate", 8),
    }


REFUSED = [
    "UPDATE scoring_pointentry SET amount = 1",
    "UPDATE scoring_pointentry SET reason = 'x'",
    "DELETE FROM scoring_pointentry",
    "TRUNCATE scoring_pointentry",
    "TRUNCATE org_person CASCADE",
    "UPDATE scoring_seasonresult SET points = 1",
    "DELETE FROM scoring_seasonresult",
    "TRUNCATE scoring_seasonresult",
    "UPDATE scoring_pointrule SET amount = 1 WHERE status = 'published'",
    "UPDATE scoring_pointrule SET guard = '{}' WHERE status = 'published'",
    "UPDATE scoring_pointrule SET status = 'draft'",
    "DELETE FROM scoring_pointrule",
    "INSERT INTO scoring_pointentry (agent_id, occurred_on, booked_on, amount, kind, source_key,"
    " cause) SELECT agent_id, occurred_on, booked_on, 0, kind, 'zero', cause"
    " FROM scoring_pointentry",
    *(
        "INSERT INTO scoring_pointentry (agent_id, occurred_on, booked_on, amount, cause, kind,"
        f" source_key, nth, rule_id, actor_id, reverses_id) VALUES ({values})"
        for values in (
            "%(agent)s, now(), now(), 1, '{}', 'quest', NULL, NULL, NULL, NULL, NULL",
            "%(agent)s, now(), now(), 1, '{}', 'quest', 'quest:1', NULL, NULL, NULL, NULL",
            "%(agent)s, now(), now(), 1, '{}', 'quest', 'q', NULL, NULL, 999999, NULL",
            "%(agent)s, now(), now(), 1, '{}', 'quest', 'q', NULL, NULL, NULL, 999999",
            "%(agent)s, now(), now(), 1, '{}', 'rule', NULL, 1, 999999, NULL, NULL",
            "999999, now(), now(), 1, '{}', 'quest', 'q', NULL, NULL, NULL, NULL",
        )
    ),
]


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_itself_refuses_to_edit_what_was_given(cast: Cast, statement: str) -> None:
    earn(cast.agent, 5, MONDAY, key="quest:1")
    season = Season.objects.create(name="Winter", starts_on=MONDAY, ends_on=MONDAY)
    SeasonResult.objects.create(season=season, agent=cast.agent, points=5, rank=1)
    statement = statement.replace("%(agent)s", str(cast.agent.pk))
    databases.as_owner("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError), transaction.atomic():
        databases.as_owner(f"{statement}; SET CONSTRAINTS ALL IMMEDIATE")
    assert points(cast.agent) == 5


def test_an_entry_of_a_rule_has_a_number_that_only_one_can_have(cast: Cast) -> None:
    work(cast.agent, MONDAY, hard_solved=1)
    night(MONDAY, (cast.agent, MONDAY))
    work(cast.agent, MONDAY, hard_solved=2)
    night(MONDAY, (cast.agent, MONDAY))
    first, second = PointEntry.objects.order_by("id")
    assert (first.nth, second.nth) == (1, 2)
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def test_the_day_a_rule_ends_on_is_all_that_may_change() -> None:
    shipped = PointRule.objects.get(key="hard_case")
    shipped.ends_on = date(2030, 1, 1)
    shipped.save(update_fields=["ends_on"])
    with pytest.raises(IntegrityError), transaction.atomic():
        PointRule.objects.create(
            key="hard_case", version=2, name_en="x", per="unit", expression="handled", amount=1,
            status="published", starts_on=date(2029, 1, 1),
        )  # fmt: skip
