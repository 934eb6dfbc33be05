"""Telling agents what changes in their scorecard, and their word that they have read it."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q

from incentives.org.models import Person
from scoring.models import Score, Scorecard, ScorecardAcknowledgement
from scoring.scorecards.versions import published

#: How long a new version is news after it came into force.
NEWS_DAYS = 31


def card_of(agent: Person) -> Scorecard | None:
    """The scorecard behind the agent's latest score; None before the first."""
    latest = (
        Score.objects.filter(agent=agent, period=Score.Period.MONTH)
        .select_related("scorecard")
        .order_by("-starts_on")
        .first()
    )
    return latest.scorecard if latest else None


def unread_versions(agent: Person, *, on: date) -> list[Scorecard]:
    """Later versions of the agent's card and new cards of their team, not yet acknowledged.

    From their publication until a month after they came into force; the earliest first.
    """
    own = card_of(agent)
    teams = [membership.team_id for membership in agent.memberships.active(on=on)]
    mine = Q(team__in=teams)
    if own is not None:
        mine |= Q(key=own.key, version__gt=1)
    news = published().filter(mine, starts_on__gt=on - timedelta(days=NEWS_DAYS))
    read = ScorecardAcknowledgement.objects.filter(agent=agent).values("scorecard")
    return list(news.exclude(pk__in=read).order_by("starts_on", "pk"))


def acknowledge(*, card: Scorecard, agent: Person) -> None:
    """Note that the agent has read a version; twice is once."""
    ScorecardAcknowledgement.objects.get_or_create(scorecard=card, agent=agent)


def visible_cards(agent: Person, *, on: date) -> set[int]:
    """Ids of the published cards that an agent may read: those of their scores, and news."""
    scored = Score.objects.filter(agent=agent).values_list("scorecard", flat=True).distinct()
    keys = published().filter(pk__in=list(scored)).values("key")
    teams = [membership.team_id for membership in agent.memberships.active(on=on)]
    cards = published().filter(Q(key__in=keys) | Q(team__in=teams))
    return set(cards.values_list("pk", flat=True))
