"""Who is told by the bell what happened in scoring; the words are in `scoring.news_words`.

What someone does is told by the operation, in its transaction. What a night brings about is told
by the night's last step, for everything since the night before that was done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives.org.models import Company, Membership, Person, Role, RoleGrant, Supervision
from incentives.org.notices import News, forget_old, notify, tell
from scoring.boards.added import settled_entry
from scoring.figures.changes import Changes, StepResult
from scoring.models import (
    Activity,
    Appeal,
    Goal,
    LedgerMark,
    NightRun,
    PointDecision,
    PointEntry,
    QueueInterval,
    Score,
    Scorecard,
    SeasonResult,
    Source,
    Ticket,
)
from scoring.points.levels import level_of

#: Whose scores of how many days past tell which scorecard is theirs.
RECENT_SCORES = timedelta(days=62)


def appeal_raised(appeal: Appeal) -> None:
    """Ask whoever decides it."""
    kind = "appeal_handed_on" if appeal.escalated_at else "appeal_to_decide"
    notify(
        people=deciders(appeal),
        kind=kind,
        source_key=str(appeal.pk),
        data=_about(appeal) | {"due": appeal.due_on.isoformat()},
        url=reverse("scoring:appeal", args=[appeal.pk]),
    )


def appeal_decided(appeal: Appeal) -> None:
    """Tell whoever raised it that there is an answer."""
    notify(
        people=[appeal.agent_id],
        kind="appeal_decided",
        source_key=str(appeal.pk),
        data=_about(appeal) | {"granted": appeal.status == Appeal.Status.GRANTED},
        url=reverse("scoring:appeal", args=[appeal.pk]),
    )


def _about(appeal: Appeal) -> dict[str, Any]:
    name = appeal.agent.display_name
    return {"about": appeal.about, "id": appeal.external_id, "name": name}


def deciders(appeal: Appeal) -> set[int]:
    """Ids of the people who are asked for a decision: supervisors, once handed on managers.

    Where there is nobody of the kind, the next one: managers, then administrators.
    """
    today = Company.current().today()
    memberships = Membership.objects.filter(person=appeal.agent_id)
    teams = memberships.active(on=today) | memberships.active(on=appeal.day)
    ids, sites = _ids(teams, "team"), _ids(teams, "team__site")
    themselves = {appeal.agent_id, appeal.claimed_for_id}
    found: set[int] = set()
    if appeal.escalated_at is None and appeal.due_on >= today:
        supervisions = Supervision.objects.active(on=today).filter(team__in=ids)
        granted = grants_of(Role.SUPERVISOR).filter(team__in=ids)
        found = (_ids(supervisions, "person") | _ids(granted, "person")) - themselves
    if not found:
        reach = Q(team__in=ids) | Q(site__in=sites) | Q(team=None, site=None)
        found = _ids(grants_of(Role.MANAGER).filter(reach), "person") - themselves
    return found or _ids(grants_of(Role.ADMINISTRATOR), "person") - themselves


def grants_of(role: str) -> Any:
    return RoleGrant.objects.filter(role=role, person__is_active=True).order_by()


def _ids(rows: Any, name: str) -> set[int]:
    return set(rows.order_by().values_list(name, flat=True)) - {None}


def goal_proposed(goal: Goal, by: Person) -> None:
    """Ask the other side to agree, or tell a team; a goal that was changed is told again."""
    # The yes of whoever wrote it is given anew with each change.
    stamp = goal.acknowledgements.filter(person=by).values_list("pk", flat=True).first()
    kind = "goal_of_team" if goal.team_id else "goal_proposed"
    _goal(goal, by, kind, f"{goal.pk}:{stamp}")


def goal_agreed(goal: Goal, by: Person) -> None:
    """Tell the other side that the goal is agreed."""
    _goal(goal, by, "goal_agreed", str(goal.pk))


def _goal(goal: Goal, by: Person, kind: str, source_key: str) -> None:
    today = by.company_today
    people: set[int] = {goal.agent_id} if goal.agent_id else set()
    if goal.team_id:
        people = _ids(Membership.objects.active(on=today).filter(team=goal.team_id), "person")
    elif goal.agent_id == by.pk:
        teams = Membership.objects.active(on=today).filter(person=by.pk).values("team")
        people = _ids(Supervision.objects.active(on=today).filter(team__in=teams), "person")
    notify(
        people=people - {by.pk},
        kind=kind,
        source_key=source_key,
        data={"name": by.display_name, "title": goal.title},
        url=reverse("scoring:goal", args=[goal.pk]),
    )


def points_by_hand(entry: PointEntry) -> None:
    """Tell an agent about points that someone gave, with the written reason."""
    tell("points_given", [_by_hand(entry)])


def _by_hand(entry: PointEntry) -> News:
    actor = entry.actor.display_name if entry.actor else ""
    data = {"name": actor, "points": abs(entry.amount), "reason": entry.reason}
    return News(entry.agent_id, str(entry.pk), data, reverse("scoring:points"))


def points_taken_back(entries: QuerySet[PointEntry]) -> None:
    """Tell everyone from whom someone took points of a decision back, with the written reason."""
    tell("points_taken_back", [_by_hand(entry) for entry in entries.select_related("actor")])


def decision_to_confirm(decision: PointDecision, people: Iterable[int]) -> None:
    """Ask those who may be the second person for a large decision."""
    by = decision.decided_by
    notify(
        people=people,
        kind="decision_to_confirm",
        source_key=str(decision.pk),
        data={
            "name": by.display_name if by else "",
            "said": decision.said,
            "points": decision.total,
        },
        url=reverse("scoring:decision", args=[decision.pk]),
    )


def decision_refused(decision: PointDecision) -> None:
    """Tell whoever decided that the second person said no, and why."""
    if decision.second_by is None or decision.decided_by_id is None:
        return
    notify(
        people=[decision.decided_by_id],
        kind="decision_refused",
        source_key=str(decision.pk),
        data={
            "name": decision.second_by.display_name,
            "said": decision.said,
            "reason": decision.reason,
        },
        url=reverse("scoring:decision", args=[decision.pk]),
    )


def scorecard_published(card: Scorecard) -> None:
    """Tell the agents whom a version concerns: those judged by the one before, and the card's team."""
    if card.starts_on is None:
        return
    today = Company.current().today()
    judged = Score.objects.filter(
        scorecard__key=card.key,
        period=Score.Period.MONTH,
        starts_on__gte=today - RECENT_SCORES,
    )
    agents = _ids(judged.filter(scorecard__team=card.team_id), "agent")
    if card.team_id:
        members = Membership.objects.active(on=max(today, card.starts_on))
        agents |= _ids(members.filter(team=card.team_id), "person")
    notify(
        people=agents,
        kind="scorecard_changes",
        source_key=str(card.pk),
        data={
            "name_en": card.name_en,
            "name_zh": card.name_zh,
            "day": card.starts_on.isoformat(),
        },
        url=reverse("scoring:scorecard", args=[card.pk]),
    )


def night_failed(run: NightRun) -> None:
    """Tell those who run imports and nights."""
    notify(
        people=running_the_company(),
        kind="night_failed",
        source_key=str(run.pk),
        data={"day": run.as_of.isoformat()},
        url=reverse("scoring:night", args=[run.pk]),
    )


def running_the_company() -> set[int]:
    """Ids of administrators and of managers of the whole company."""
    whole = grants_of(Role.MANAGER).filter(team=None, site=None)
    return _ids(whole, "person") | _ids(grants_of(Role.ADMINISTRATOR), "person")


def tell_the_news(_changes: Changes) -> StepResult:
    """The night's step: levels, seasons and unknown agents; old notices go."""
    before = NightRun.objects.filter(status=NightRun.Status.DONE).order_by("-id").first()
    since = before.started_at if before else None
    levels = _new_levels()
    tell("level_reached", levels)
    seasons = seasons_ended(since=since) if since else []
    tell("season_ended", seasons)
    for source, agents, run in unknown_agents():
        notify(
            people=running_the_company(),
            kind="unknown_agents",
            source_key=f"{source.pk}:{run}",
            data={"source": source.name, "agents": agents},
            url=reverse("scoring:held"),
        )
    forget_old(at=timezone.now())
    many = len(levels)
    line = ngettext("%(n)d agent reached a level", "%(n)d agents reached a level", many)
    return StepResult(
        line % {"n": many} if many else _("no new levels"),
        {"levels": many, "seasons": len(seasons)},
    )


def _new_levels() -> list[News]:
    """Levels reached by the entries since the last time; the mark moves on with the transaction."""
    up_to = settled_entry()
    mark, first = LedgerMark.objects.get_or_create(pk="levels", defaults={"entry": up_to})
    if first or mark.entry == up_to:  # the first night takes in the whole history: that is no news
        return []
    LedgerMark.objects.filter(pk=mark.pk).update(entry=up_to)
    return levels_reached(above=mark.entry, up_to=up_to)


def levels_reached(*, above: int, up_to: int) -> list[News]:
    """Agents whom the entries above one and up to another carried over levels, however many.

    The cost is that of these entries.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.agent_id, t.lifetime, t.lifetime - sum(e.amount)"
            " FROM scoring_pointentry e JOIN scoring_pointtotal t USING (agent_id)"
            " WHERE e.id > %s AND e.id <= %s"
            " GROUP BY e.agent_id, t.lifetime HAVING sum(e.amount) > 0",
            [above, up_to],
        )
        rows = cursor.fetchall()
    url = reverse("scoring:points")
    return [
        News(agent, str(now), {"level": now}, url)
        for agent, after, earlier in rows
        if (now := level_of(int(after)).number) > level_of(int(earlier)).number
    ]


def seasons_ended(*, since: datetime) -> list[News]:
    """What everyone collected in seasons that were closed since then."""
    results = SeasonResult.objects.filter(season__closed_at__gte=since, points__gt=0)
    return [
        News(
            result.agent_id,
            str(result.season_id),
            {"name": result.season.name, "points": result.points},
            reverse("scoring:season", args=[result.season_id]),
        )
        for result in results.select_related("season").order_by()
    ]


def unknown_agents() -> list[tuple[Source, int, int]]:
    """Sources whose facts wait for an agent: how many keys, and the latest import that brought some."""
    keys: defaultdict[int, int] = defaultdict(int)
    runs: defaultdict[int, int] = defaultdict(int)
    for model in (Ticket, Activity, QueueInterval):
        held = model._default_manager.exclude(held_for=None).order_by().values("source_id")
        for row in held.annotate(agents=Count("held_for", distinct=True), run=Max("run_id")):
            keys[row["source_id"]] += row["agents"]
            runs[row["source_id"]] = max(runs[row["source_id"]], row["run"] or 0)
    sources = Source.objects.in_bulk(list(keys))
    return [(sources[pk], agents, runs[pk]) for pk, agents in keys.items()]
