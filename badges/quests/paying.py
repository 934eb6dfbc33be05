"""Points of quests: what is due less what is posted becomes new entries of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from badges.quests.models.quests import Quest
from incentives.org.dated import overlaps_sql
from incentives.org.participation import PARTICIPATION
from incentives.org.wording import LANGUAGES, Language, named
from scoring.points.decisions import decisions_of
from scoring.points.occasions import Occasion, post

# The ledger's keys are compared byte by byte, and “;” is what follows “:”.
_OF_PEOPLE = """
    SELECT a.quest_id, a.agent_id, coalesce(e.first_on, r.done_on),
        CASE r.state WHEN 'done' THEN q.points ELSE 0 END, e.times,
        coalesce(e.amount, 0), coalesce(e.withheld, 0)
    FROM unnest(%(quests)s::bigint[], %(people)s::bigint[]) a (quest_id, agent_id)
    JOIN badges_quest q ON q.id = a.quest_id
    JOIN badges_questresult r ON r.quest_id = a.quest_id AND r.person_id = a.agent_id
    CROSS JOIN LATERAL (
        SELECT sum(amount) AS amount, count(*) AS times, min(occurred_on) AS first_on,
            sum(coalesce((cause->>'withheld')::int, 0)) AS withheld
        FROM scoring_pointentry
        WHERE source_key >= 'quest:' || a.quest_id || ':' || a.agent_id || ':'
            AND source_key < 'quest:' || a.quest_id || ':' || a.agent_id || ';'
    ) e
    WHERE CASE r.state WHEN 'done' THEN q.points ELSE 0 END
        <> coalesce(e.amount, 0) + coalesce(e.withheld, 0)
    ORDER BY 1, 2
"""
# A team's quest pays everyone who was in the team by the day on which it was done.
_OF_QUEST = f"""
    WITH due AS (
        SELECT agent_id, min(done_on) AS done_on FROM (
            SELECT person_id AS agent_id, done_on FROM badges_questresult
            WHERE quest_id = %(quest)s AND state = 'done' AND person_id IS NOT NULL
            UNION ALL
            SELECT m.person_id, r.done_on
            FROM badges_questresult r
            JOIN badges_quest q ON q.id = r.quest_id
            JOIN {PARTICIPATION} m ON m.team_id = r.team_id
                AND {overlaps_sql("m", "q.starts_on", "r.done_on")}
            WHERE r.quest_id = %(quest)s AND r.state = 'done'
        ) won GROUP BY 1
    ), posted AS (
        SELECT agent_id, sum(amount) AS amount, count(*) AS times, min(occurred_on) AS first_on,
            sum(coalesce((cause->>'withheld')::int, 0)) AS withheld
        FROM scoring_pointentry WHERE source_key >= %(first)s AND source_key < %(beyond)s
        GROUP BY 1
    )
    SELECT q.id, agent_id, coalesce(posted.first_on, due.done_on),
        CASE WHEN due.done_on IS NULL THEN 0 ELSE q.points END,
        coalesce(posted.times, 0), coalesce(posted.amount, 0), coalesce(posted.withheld, 0)
    FROM due FULL JOIN posted USING (agent_id) CROSS JOIN badges_quest q
    WHERE q.id = %(quest)s
        AND CASE WHEN due.done_on IS NULL THEN 0 ELSE q.points END
            <> coalesce(posted.amount, 0) + coalesce(posted.withheld, 0)
    ORDER BY 2
"""


@dataclass(frozen=True, slots=True)
class Paid:
    """Points that someone (an id) gets for a quest, or loses again.

    `posted` is what the ledger had before, in so many `times`; `withheld` what was due as well and
    is not given (`scoring.points.allotment`).
    """

    quest: int
    person: int
    on: date
    amount: int
    times: int
    posted: int
    withheld: int = 0

    @property
    def is_won(self) -> bool:
        """Whether it was done now, and not taken back by changed facts."""
        return self.amount + self.withheld > 0


def _paid(row: tuple[Any, ...]) -> Paid:
    quest, person, on, due, times, posted, withheld = row
    if due:
        return Paid(quest, person, on, due - posted - withheld, times, posted)
    return Paid(quest, person, on, -posted, times, posted, -withheld)


def unsettled(quest: int) -> list[Paid]:
    """What is due for a quest (its id), a person's or a team's, and not posted. One query."""
    params: dict[str, Any] = {
        "quest": quest,
        "first": f"quest:{quest}:",
        "beyond": f"quest:{quest};",
    }
    with connection.cursor() as cursor:
        cursor.execute(_OF_QUEST, params)
        return [_paid(row) for row in cursor.fetchall()]


def pay(quests: Iterable[int]) -> list[Paid]:
    """Post what is due for these quests (ids) and not posted; what was new.

    Idempotent, and of two workers that pay the same completion one does: an entry's key counts
    those before it. Call it inside a transaction.
    """
    return _post([each for quest in sorted(quests) for each in unsettled(quest)])


def pay_people(results: Sequence[tuple[int, int]]) -> list[Paid]:
    """The same for some results of people: pairs of quest and person (ids). Two statements."""
    params: dict[str, Any] = {
        "quests": [q for q, _person in results],
        "people": [p for _quest, p in results],
    }
    with connection.cursor() as cursor:
        cursor.execute(_OF_PEOPLE, params)
        return _post([_paid(row) for row in cursor.fetchall()])


def _post(paid: list[Paid]) -> list[Paid]:
    """Post them; as they were posted, without those that were there or wait for a budget."""
    if not paid:
        return []
    by_key = {_key(each): each for each in paid}
    posted = post(_occasions(by_key), kind="quest")
    return [
        replace(by_key[each.key], amount=each.amount, withheld=each.withheld) for each in posted
    ]


def _key(each: Paid) -> str:
    return f"quest:{each.quest}:{each.person}:{each.times + 1}"


def _occasions(paid: Mapping[str, Paid]) -> list[Occasion]:
    quests = Quest.objects.in_bulk({each.quest for each in paid.values()})
    decisions = decisions_of("quest", list(quests))
    names = {pk: named(quest) for pk, quest in quests.items()}
    undone = {pk: _undone(quest) for pk, quest in quests.items()}
    return [
        Occasion(
            agent=each.person,
            amount=each.amount,
            on=each.on,
            key=key,
            cause={"quest": each.quest, "said": names[each.quest]}
            if each.is_won
            else {"quest": each.quest, "said": undone[each.quest], "why": "facts"},
            decision=decisions.get(each.quest),
            withheld=each.withheld,
        )
        for key, each in paid.items()
        if each.quest in decisions or quests[each.quest].made_by_id is None
    ]


def _undone(quest: Quest) -> dict[Language, str]:
    told: dict[Language, str] = {}
    for language in LANGUAGES:
        with translation.override(language):
            told[language] = _("%(quest)s: no longer met") % {"quest": quest.name}
    return told
