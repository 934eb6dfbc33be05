"""Points of quests: what is due less what is posted becomes new entries of the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from badges.models import Quest
from incentives.org.models import Company
from scoring.models import PointEntry
from scoring.points.occasions import Occasion, post_all

# A team's quest pays everyone who was in the team by the day on which it was done. The ledger's
# keys are compared byte by byte, and “;” is what follows “:”.
_DIFFERENCE = """
    WITH due AS (
        SELECT quest_id, agent_id, min(done_on) AS done_on FROM (
            SELECT quest_id, person_id AS agent_id, done_on FROM badges_questresult
            WHERE quest_id = ANY(%(quests)s) AND state = 'done' AND person_id IS NOT NULL
            UNION ALL
            SELECT r.quest_id, m.person_id, r.done_on
            FROM badges_questresult r
            JOIN badges_quest q ON q.id = r.quest_id
            JOIN org_membership m ON m.team_id = r.team_id AND m.starts_on <= r.done_on
                AND (m.ends_on IS NULL OR m.ends_on >= q.starts_on)
            WHERE r.quest_id = ANY(%(quests)s) AND r.state = 'done'
        ) won GROUP BY 1, 2
    ), posted AS (
        SELECT q.id AS quest_id, e.agent_id, sum(e.amount) AS amount, count(*) AS times,
            min(e.occurred_on) AS first_on
        FROM badges_quest q JOIN scoring_pointentry e
            ON e.source_key >= 'quest:' || q.id || ':' AND e.source_key < 'quest:' || q.id || ';'
        WHERE q.id = ANY(%(quests)s) GROUP BY 1, 2
    )
    SELECT q.id, agent_id, coalesce(posted.first_on, due.done_on),
        CASE WHEN due.done_on IS NULL THEN 0 ELSE q.points END - coalesce(posted.amount, 0),
        coalesce(posted.times, 0), coalesce(posted.amount, 0)
    FROM due FULL JOIN posted USING (quest_id, agent_id) JOIN badges_quest q ON q.id = quest_id
    WHERE CASE WHEN due.done_on IS NULL THEN 0 ELSE q.points END <> coalesce(posted.amount, 0)
    ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Paid:
    """Points that someone (an id) gets for a quest, or loses again.

    `posted` is what the ledger had before, in so many `times`.
    """

    quest: int
    person: int
    on: date
    amount: int
    times: int
    posted: int


def unsettled(quests: Iterable[int]) -> list[Paid]:
    """What is due for these quests (ids) and not posted. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCE, {"quests": sorted(quests)})
        return [Paid(*row) for row in cursor.fetchall()]


def pay(quests: Collection[int]) -> list[Paid]:
    """Post what is due for these quests (ids) and not posted; what was new.

    Idempotent, and of two workers that pay the same completion one does: an entry's key counts
    those before it. Call it inside a transaction.
    """
    paid = unsettled(quests)
    if paid:
        post_all(_occasions(paid), kind=PointEntry.Kind.QUEST)
    return paid


def _occasions(paid: list[Paid]) -> list[Occasion]:
    with translation.override(Company.current().locale):
        found = Quest.objects.in_bulk({each.quest for each in paid})
        names = {pk: quest.name for pk, quest in found.items()}
        undone = {pk: _("%(quest)s: no longer met") % {"quest": names[pk]} for pk in names}
    return [
        Occasion(
            each.person,
            each.amount,
            each.on,
            f"quest:{each.quest}:{each.person}:{each.times + 1}",
            {"quest": each.quest, **({"why": "facts"} if each.amount < 0 else {})},
            names[each.quest] if each.amount > 0 else undone[each.quest],
        )
        for each in paid
    ]
