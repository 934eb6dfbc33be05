"""What a night found out about quests, written down set by set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from badges.quests.evaluation import OUTCOMES
from badges.quests.models.quests import Quest
from scoring.copying import copy_in, copy_out

_DONE = {"quest_id": pl.Int64, "subject_id": pl.Int64, "done_on": pl.Date}

# A completion that is taken back stays in sight as a running row that counts how often.
_UPSERT = """
    INSERT INTO badges_questresult AS r
        (quest_id, {subject}, state, share, done_on, evidence, times_undone)
    SELECT quest_id, subject_id, CASE WHEN done_on IS NULL THEN 'running' ELSE 'done' END,
        share, done_on, coalesce(evidence::jsonb, '[]'), 0
    FROM quest_outcome ORDER BY quest_id, subject_id
    ON CONFLICT (quest_id, {subject}) DO UPDATE SET
        state = excluded.state, share = excluded.share, done_on = excluded.done_on,
        evidence = excluded.evidence,
        times_undone = r.times_undone
            + (r.state = 'done' AND excluded.state = 'running')::int
"""
_PROGRESS = """
    INSERT INTO badges_questprogress AS p (person_id, as_of, shares)
    SELECT person_id, as_of, shares::jsonb FROM quest_shares ORDER BY person_id
    ON CONFLICT (person_id) DO UPDATE SET
        as_of = excluded.as_of, shares = (p.shares - %(over)s::text[]) || excluded.shares
"""
# Whoever had begun and has not done it; those whose claim still waits are decided with it.
_FAIL = """
    INSERT INTO badges_questresult
        (quest_id, person_id, state, share, done_on, evidence, times_undone)
    SELECT b.quest_id, b.person_id, 'failed', max(b.share), NULL, '[]', 0
    FROM (
        SELECT q.id AS quest_id, p.person_id, (p.shares ->> q.id::text)::int AS share
        FROM badges_quest q JOIN badges_questprogress p ON p.shares ? q.id::text
        WHERE q.id = ANY(%(quests)s) AND q.audience = 'person'
        UNION ALL
        SELECT c.quest_id, c.person_id,
            count(*) FILTER (WHERE c.status = 'approved') * 10000 / max(q.count) AS share
        FROM badges_questclaim c JOIN badges_quest q ON q.id = c.quest_id
        WHERE q.id = ANY(%(quests)s) AND q.audience = 'person' AND c.status <> 'withdrawn'
        GROUP BY 1, 2
        HAVING count(*) FILTER (WHERE c.status = 'waiting') = 0
    ) b
    JOIN badges_quest q ON q.id = b.quest_id
    WHERE b.share > 0 OR q.way = 'claimed'
    GROUP BY 1, 2
    ON CONFLICT (quest_id, person_id) DO UPDATE SET state = 'failed'
    WHERE badges_questresult.state = 'running'
"""
# A team has begun once someone of it has handed in something, even if all of it was refused.
_FAIL_CLAIMING_TEAMS = """
    INSERT INTO badges_questresult
        (quest_id, team_id, state, share, done_on, evidence, times_undone)
    SELECT c.quest_id, c.subject, 'failed',
        count(*) FILTER (WHERE c.status = 'approved') * 10000 / max(q.count), NULL, '[]', 0
    FROM badges_questclaim c JOIN badges_quest q ON q.id = c.quest_id
    WHERE q.id = ANY(%(quests)s) AND q.audience = 'team' AND c.status <> 'withdrawn'
    GROUP BY c.quest_id, c.subject
    HAVING count(*) FILTER (WHERE c.status = 'waiting') = 0
    ON CONFLICT (quest_id, team_id) DO UPDATE SET state = 'failed'
    WHERE badges_questresult.state = 'running'
"""
_FAIL_TEAMS = """
    UPDATE badges_questresult r SET state = 'failed' FROM badges_quest q
    WHERE q.id = r.quest_id AND r.quest_id = ANY(%(quests)s) AND r.team_id IS NOT NULL
        AND r.state = 'running' AND NOT EXISTS (SELECT FROM badges_questclaim c
            WHERE c.quest_id = q.id AND c.subject = r.team_id AND c.status = 'waiting')
"""


def known_done(cursor: Any, quests: Sequence[Quest]) -> pl.DataFrame:
    """What is stored as done of these quests: quest_id, subject_id, done_on."""
    return copy_out(
        cursor,
        "SELECT quest_id, coalesce(person_id, team_id), done_on FROM badges_questresult"
        f" WHERE state = 'done' AND quest_id IN ({_ids(quests)})",
        _DONE,
    )


def store(
    cursor: Any, outcomes: pl.DataFrame, quests: Sequence[Quest], *, known: pl.DataFrame, on: date
) -> pl.DataFrame:
    """Write down what changed: completions made and undone, teams' rows, people's progress.

    Returns the completions that turned: quest_id and subject_id.
    """
    before = known.rename({"done_on": "done_before"})
    frame = outcomes.join(before, on=["quest_id", "subject_id"], how="left")
    of_teams = pl.col("quest_id").is_in([quest.pk for quest in quests if quest.for_team])
    turned = pl.col("done_on").ne_missing(pl.col("done_before"))
    _upsert(cursor, frame.filter(turned & ~of_teams), "person_id")
    _upsert(cursor, frame.filter(of_teams & (turned | pl.col("done_on").is_null())), "team_id")
    _progress(cursor, frame.filter(~of_teams), on)
    return frame.filter(turned).select("quest_id", "subject_id")


def fail(cursor: Any, quests: Sequence[Quest]) -> None:
    """Note, of quests that close, who had begun and did not reach them."""
    params = {"quests": [quest.pk for quest in quests]}
    cursor.execute(_FAIL, params)
    cursor.execute(_FAIL_CLAIMING_TEAMS, params)
    cursor.execute(_FAIL_TEAMS, params)


def _upsert(cursor: Any, rows: pl.DataFrame, subject: str) -> None:
    if rows.is_empty():
        return
    cursor.execute(
        "CREATE TEMP TABLE IF NOT EXISTS quest_outcome (quest_id bigint, subject_id bigint,"
        " share int, done_on date, evidence text) ON COMMIT DROP"
    )
    cursor.execute("TRUNCATE quest_outcome")
    copy_in(cursor, "quest_outcome", rows.select(list(OUTCOMES)))
    cursor.execute(_UPSERT.format(subject=subject))


def _progress(cursor: Any, rows: pl.DataFrame, on: date) -> None:
    if rows.is_empty():
        return
    pair = pl.format('"{}":{}', "quest_id", "share")
    people = rows.group_by(pl.col("subject_id").alias("person_id")).agg(pair.alias("pairs"))
    shares = people.select(
        "person_id",
        as_of=pl.lit(on),
        shares=pl.format("{{{}}}", pl.col("pairs").list.join(",")),
    )
    cursor.execute(
        "CREATE TEMP TABLE IF NOT EXISTS quest_shares (person_id bigint, as_of date, shares text)"
        " ON COMMIT DROP"
    )
    cursor.execute("TRUNCATE quest_shares")
    copy_in(cursor, "quest_shares", shares)
    cursor.execute(_PROGRESS, {"over": _over(on)})


def _over(on: date) -> list[str]:
    """Ids of quests that no page asks progress of any more; older ones are gone already."""
    over = Quest.objects.exclude(status=Quest.Status.OPEN).order_by("-closed_on", "-pk")
    return [str(pk) for pk in over.values_list("pk", flat=True)[:200]]


def _ids(quests: Sequence[Quest]) -> str:
    return ", ".join(str(quest.pk) for quest in quests) or "NULL"
