"""What the audit looks at in scoring, from the facts upwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import chain
from typing import Any

from django.utils.translation import gettext_lazy as _

from incentives.org.models import Person, Team
from scoring.audit.running import Difference, compared, register
from scoring.boards.refresh import rebuild_boards
from scoring.copying import copy_out
from scoring.figures.audit_totals import lenient, totals_from_facts
from scoring.figures.changes import DAYS_SCHEMA, Changes
from scoring.figures.hours import KEYS, VALUES, hours_from_facts, stored_hours
from scoring.figures.measures import MEASURES
from scoring.goals.review import review_goals
from scoring.ingest.corrections import find_fact
from scoring.models import Channel, Correction, Leaderboard, PointRule, Score
from scoring.points import audit as audit_decisions  # noqa: F401  # its checks are part of these
from scoring.points.due import settled_on
from scoring.points.ledger import reconcile
from scoring.scorecards.compute import compute_scores
from scoring.scorecards.storing import VALUES as SCORED

# How many agents have totals where a team has.
_PEOPLE = (
    "SELECT t.team_id, t.day, t.channel_id, count(d.id) AS people FROM scoring_teamday t"
    " LEFT JOIN scoring_agentday d ON d.day = t.day AND d.channel_id = t.channel_id"
    " AND coalesce(d.team_id, 0) = coalesce(t.team_id, 0) GROUP BY 1, 2, 3"
)
_Row = tuple[tuple[Any, ...], str, Any, Any]


class _Names:
    """Keys of agents, teams and channels instead of their ids; read once a check."""

    def __init__(self) -> None:
        self.agents = dict(Person.objects.values_list("pk", "key"))
        self.teams = dict(Team.objects.values_list("pk", "key"))
        self.channels = dict(Channel.objects.values_list("pk", "key"))

    def agent(self, pk: int | None) -> str:
        return str(self.agents.get(pk or 0, pk))

    def team(self, pk: int | None) -> str:
        return "–" if pk is None else str(self.teams.get(pk, pk))

    def channel(self, pk: int) -> str:
        return str(self.channels.get(pk, pk))


def _told(rows: Iterator[_Row], name: Callable[..., str]) -> Iterator[Difference]:
    for key, column, stored, right in rows:
        what = " ".join(part for part in (name(*key), column) if part)
        yield Difference(what, _text(stored), _text(right))


def _text(value: Any) -> str:
    return "–" if value is None else str(value)


@register("corrections", _("Facts and their corrections"))
def corrections(_cursor: Any) -> Iterator[Difference]:
    """Facts that do not say what granted appeals in effect have decided about them."""
    settled = Correction.objects.filter(appeal__settled_at__isnull=False).order_by("-pk")
    seen: set[tuple[Any, ...]] = set()
    names = _Names()
    for each in settled.select_related("source"):
        fact = find_fact(each.kind, each.source_id, each.external_id)
        if fact is None:
            continue
        what = f"{each.source} {each.external_id}"
        for column in each.voided:
            value = getattr(fact, column, None)
            if value is not None and value is not (column == "deleted"):
                yield Difference(f"{what} {column}", str(value), "–")
        key = (each.kind, each.source_id, each.external_id)
        if each.reassigns and key not in seen:
            seen.add(key)
            if fact.agent_id != each.agent_id:
                stored, right = names.agent(fact.agent_id), names.agent(each.agent_id)
                yield Difference(f"{what} agent", stored, right)


@register("agent days", _("Daily totals of agents"))
def agent_days(cursor: Any) -> Iterator[Difference]:
    """Agents' totals against their facts, counted anew by one statement."""
    names = _Names()
    text, params = totals_from_facts(of_teams=False)
    rows = compared(
        cursor,
        stored="scoring_agentday",
        right=f"({text}) t",
        params=params,
        keys=("agent_id", "day", "channel_id", "team_id"),
        values=[*MEASURES, "custom"],
        lenient=lenient(),
    )
    return _told(
        rows,
        lambda agent, day, channel, team: (
            f"{names.agent(agent)} {day} {names.channel(channel)} {names.team(team)}"
        ),
    )


@register("team days", _("Daily totals of teams"))
def team_days(cursor: Any) -> Iterator[Difference]:
    """Teams' totals against the facts, those without an agent included."""
    names = _Names()
    text, params = totals_from_facts(of_teams=True)
    rows = compared(
        cursor,
        stored="scoring_teamday",
        right=f"({text}) t",
        params=params,
        keys=("team_id", "day", "channel_id"),
        values=[*MEASURES, "custom"],
        lenient=lenient(),
    )
    people = compared(
        cursor,
        stored="scoring_teamday",
        right=f"({_PEOPLE}) t",
        keys=("team_id", "day", "channel_id"),
        values=["people"],
    )
    return _told(
        chain(rows, people),
        lambda team, day, channel: f"{names.team(team)} {day} {names.channel(channel)}",
    )


@register("hours", _("Hours of the week"))
def hours(cursor: Any) -> Iterator[Difference]:
    """Teams' totals by hour of the week against their tickets, counted anew."""
    names = _Names()
    text, params = hours_from_facts()
    rows = compared(
        cursor,
        stored=f"({stored_hours()}) s",
        right=f"({text}) t",
        params=params,
        keys=(*KEYS, "hour"),
        values=VALUES,
    )
    return _told(
        rows,
        lambda team, day, channel, hour: (
            f"{names.team(team)} {day} {names.channel(channel)} {hour // 24 + 1}/{hour % 24}:00"
        ),
    )


@register("scores", _("Scores"))
def scores(cursor: Any) -> Iterator[Difference]:
    """Scores against everything worked out anew by the night's own step."""
    keys = ("agent_id", "period", "starts_on")
    names = _Names()
    rows = _redone(
        cursor, "scoring_score", keys, SCORED, lambda: compute_scores(_everything(cursor))
    )
    return _told(rows, lambda agent, period, day: f"{names.agent(agent)} {period} {day}")


@register("lost points", _("Lost points of scores"))
def lost_points(cursor: Any) -> Iterator[Difference]:
    """Scores whose lost points do not add up to 100 − score."""
    cursor.execute(
        "SELECT s.agent_id, s.period, s.starts_on, l.lost, 100 - s.score"
        f" FROM {Score._meta.db_table} s CROSS JOIN LATERAL (SELECT"
        " round(coalesce(sum(each), 0) / 10000.0, 4) AS lost FROM unnest(s.lost) each) l"
        " WHERE l.lost <> 100 - s.score ORDER BY 1, 2, 3"
    )
    names = _Names()
    for agent, period, day, stored, right in cursor.fetchall():
        yield Difference(f"{names.agent(agent)} {period} {day}", f"{stored:f}", f"{right:f}")


@register("points", _("Points and their rules"))
def points(cursor: Any) -> Iterator[Difference]:
    """The ledger's sums by agent, day and rule against the rules applied to the totals."""
    as_of = settled_on()
    if as_of is None:
        return
    cursor.execute("SELECT coalesce(max(id), 0) FROM scoring_pointentry")
    last = cursor.fetchone()[0]
    reconcile(_everything(cursor, as_of))
    cursor.execute(
        "SELECT agent_id, occurred_on, rule_id, sum(amount) FILTER (WHERE id <= %s), sum(amount)"
        " FROM scoring_pointentry WHERE (agent_id, occurred_on, rule_id) IN ("
        "  SELECT agent_id, occurred_on, rule_id FROM scoring_pointentry WHERE id > %s)"
        " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        [last, last],
    )
    names, rules = _Names(), PointRule.objects.in_bulk()
    for agent, day, rule, stored, right in cursor.fetchall():
        what = f"{names.agent(agent)} {day} {rules[rule].key} v{rules[rule].version}"
        yield Difference(what, str(stored or 0), str(right))


@register("point totals", _("Lifetime points"))
def point_totals(cursor: Any) -> Iterator[Difference]:
    """The kept totals against the ledger's sums."""
    names = _Names()
    rows = compared(
        cursor,
        stored="scoring_pointtotal",
        right="(SELECT agent_id, sum(amount)::bigint AS lifetime FROM scoring_pointentry"
        " GROUP BY 1) t",
        keys=("agent_id",),
        values=("lifetime",),
    )
    return _told(rows, names.agent)


@register("season results", _("Archived seasons"))
def season_results(cursor: Any) -> Iterator[Difference]:
    """The archive of closed seasons against what the ledger has booked in their days."""
    names = _Names()
    rows = compared(
        cursor,
        stored="(SELECT season_id, agent_id, points FROM scoring_seasonresult) r",
        right="(SELECT s.id AS season_id, e.agent_id, sum(e.amount)::bigint AS points"
        " FROM scoring_season s JOIN scoring_pointentry e"
        " ON e.booked_on BETWEEN s.starts_on AND s.ends_on"
        " WHERE s.closed_at IS NOT NULL GROUP BY 1, 2) t",
        keys=("season_id", "agent_id"),
        values=("points",),
    )
    return _told(rows, lambda season, agent: f"#{season} {names.agent(agent)}")


@register("boards", _("Leaderboards"))
def boards(cursor: Any) -> Iterator[Difference]:
    """Standings, and the sums of points behind them, against boards built anew."""
    entered = Leaderboard.objects.filter(archived=False, entered_on__isnull=False)
    as_of = entered.order_by("-entered_on").values_list("entered_on", flat=True).first()
    if as_of is None:
        return
    names = _Names()
    keys = ("board_id", "starts_on", "agent_id", "team_id")
    cursor.execute(
        "CREATE TEMP TABLE audit_period_points ON COMMIT DROP AS SELECT * FROM scoring_periodpoints"
    )
    standings = _redone(
        cursor,
        "scoring_standing",
        keys,
        ("pool", "value", "volume", "rank", "previous_rank", "position"),
        lambda: rebuild_boards(as_of=as_of),
    )
    keys_of_boards = dict(Leaderboard.objects.values_list("pk", "key"))
    yield from _told(
        standings,
        lambda board, day, agent, team: (
            f"{keys_of_boards.get(board, board)} {day} "
            + (names.team(team) if agent is None else names.agent(agent))
        ),
    )
    sums = compared(
        cursor,
        stored="audit_period_points",
        right="scoring_periodpoints",
        keys=("agent_id", "period", "starts_on"),
        values=("points",),
    )
    yield from _told(sums, lambda agent, period, day: f"{names.agent(agent)} {period} {day}")


@register("goals", _("Goals"))
def goals(cursor: Any) -> Iterator[Difference]:
    """What goals were measured at, and what came of them, against the figures of today."""
    as_of = settled_on()
    if as_of is None:
        return iter(())
    measured = "(SELECT * FROM scoring_goal WHERE measured_on IS NOT NULL)"
    values = ("baseline", "value", "numerator", "denominator", "progress", "outcome")
    changes = Changes(as_of, everything=True)
    rows = _redone(cursor, f"{measured} g", ("id",), values, lambda: review_goals(changes))
    return _told((row for row in rows if row[1]), lambda goal: f"#{goal}")


def _everything(cursor: Any, as_of: date | None = None) -> Changes:
    """All agent days that there are."""
    days = copy_out(cursor, "SELECT DISTINCT agent_id, day FROM scoring_agentday", DAYS_SCHEMA)
    last: Any = days["day"].max()
    return Changes(as_of or settled_on() or last or date.max, days, everything=True)


def _redone(
    cursor: Any,
    table: str,
    keys: Sequence[str],
    values: Sequence[str],
    redo: Callable[[], object],
) -> Iterator[_Row]:
    """What a step that does everything anew would change in a table."""
    columns = ", ".join([*keys, *values])
    cursor.execute(
        f"CREATE TEMP TABLE audit_before ON COMMIT DROP AS SELECT {columns} FROM {table}"
    )
    redo()
    return compared(cursor, stored="audit_before", right=table, keys=keys, values=values)
