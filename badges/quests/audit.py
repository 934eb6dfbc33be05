"""Audit of quests: results that still follow the facts, and points that follow the results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from badges.quests.models.quests import Quest, QuestResult
from badges.quests.night import review
from badges.quests.paying import Paid, unsettled
from incentives.capabilities import Difference
from incentives.org.models import Person
from scoring.figures.auditing import compared
from scoring.figures.changes import Changes
from scoring.models import PointEntry, PointSettlement
from scoring.points.audit import waiting_for_budget
from scoring.points.decisions import decisions_of, standing_behind

# How far people are in the quests that are open.
_SHARES = """
    SELECT q.id AS quest_id, p.person_id, s.value::int AS share
    FROM badges_questprogress p CROSS JOIN LATERAL jsonb_each_text(p.shares) s
    JOIN badges_quest q ON q.id = s.key::bigint AND q.status = 'open'
    WHERE s.value::int > 0
"""


def quests(cursor: Any) -> Iterator[Difference]:
    """What came of quests whose grace still runs, against everything judged anew."""
    as_of = PointSettlement.last_day()
    if as_of is None:
        return
    cursor.execute(
        "CREATE TEMP TABLE audit_quest_results ON COMMIT DROP AS SELECT * FROM badges_questresult;"
        f" CREATE TEMP TABLE audit_quest_shares ON COMMIT DROP AS SELECT * FROM ({_SHARES}) s"
    )
    judged = Quest.objects.filter(status=Quest.Status.OPEN, judged_on__isnull=False)
    review(cursor, list(judged.order_by("pk")), Changes(as_of, everything=True))
    rows = compared(
        cursor,
        stored="audit_quest_results",
        right="badges_questresult",
        keys=("quest_id", "person_id", "team_id"),
        values=("state", "done_on", "share"),
    )
    for (quest, person, team), column, stored, right in rows:
        who = f"person #{person}" if person else f"team #{team}"
        yield Difference(f"#{quest} {who} {column}", str(stored), str(right))
    shares = compared(
        cursor,
        stored="audit_quest_shares",
        right=f"({_SHARES}) s",
        keys=("quest_id", "person_id"),
        values=("share",),
        lenient=("share",),
    )
    for (quest, person), column, was, now in shares:
        yield Difference(f"#{quest} person #{person} {column}", str(was), str(now))


# A quest that figures decide, and the machine has opened, needs nobody's decision.
#: What stands behind its entries `e` of the ledger: see LedgerKind.
BEHIND = f"""({standing_behind("quest", "e.source_key LIKE 'quest:' || d.subject || ':' || e.agent_id || ':%'")}
    OR e.decision_id IS NULL AND EXISTS (
        SELECT FROM badges_quest q WHERE q.made_by_id IS NULL AND q.way = 'automatic'
            AND e.source_key LIKE 'quest:' || q.id || ':' || e.agent_id || ':%'))"""


def _not_taken_back(found: list[Paid]) -> Iterator[Paid]:
    """Without the people from whom someone has taken a quest's points back."""
    decisions = decisions_of("quest", {each.quest for each in found})
    taken = PointEntry.objects.filter(
        decision__in=decisions.values(), source_key__startswith="reversal:"
    )
    gone = set(taken.order_by().values_list("decision", "agent"))
    for each in found:
        if (decisions.get(each.quest), each.person) not in gone:
            yield each


def quest_points(_cursor: Any) -> Iterator[Difference]:
    """The ledger's sums against what the results are worth.

    Who was in a team no longer matters once its quest is closed: what was paid stands.
    """
    waiting = waiting_for_budget("quest")
    quests = Quest.objects.exclude(pk__in=waiting).in_bulk()
    won = set(
        QuestResult.objects.filter(state="done", team__isnull=False).values_list("quest", flat=True)
    )
    stands = {pk: {0, each.points} for pk, each in quests.items() if not each.is_open and pk in won}
    found = [
        each
        for quest in sorted(quests)
        for each in _not_taken_back(unsettled(quest))
        if each.posted not in stands.get(quest, ())
    ]
    names = Person.objects.in_bulk({each.person for each in found})
    for each in found:
        right = each.amount
        what = f"#{each.quest} {names[each.person].key}"
        yield Difference(what, str(each.posted), str(each.posted + right))
