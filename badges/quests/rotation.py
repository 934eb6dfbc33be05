"""The rotation: which quests of the pool open by themselves, day by day and week by week.

Whatever rested longest comes first, so nothing returns before the pool is through; among equals the
heavier, then an order that depends on the date alone. What is open already counts, so asking twice
opens nothing twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Max, Q

from badges.quests.models.pool import CONTENT, Length, QuestSettings, QuestTemplate
from badges.quests.models.quests import Quest
from incentives.org.dated import overlaps
from incentives.org.models import CalendarDay, Team
from incentives.org.wording import named
from scoring.figures.windows import Period, first_day
from scoring.points.decisions import decide_without_budget


def open_quests(*, on: date) -> list[Quest]:
    """Open the quests of a day, and of the week it lies in, that are not open yet.

    Call it under the lock of quests. Days that the company's calendar leaves out have none.
    """
    settings = QuestSettings.current()
    opened = _open(Length.WEEK, first_day(Period.WEEK, on), settings.weekly, settings, today=on)
    if not _is_excluded(on):
        opened += _open(Length.DAY, on, settings.daily, settings, today=on)
    return opened


def _is_excluded(day: date) -> bool:
    excluded = CalendarDay.Treatment.EXCLUDED
    return CalendarDay.objects.filter(day=day, treatment=excluded).exists()


def _open(
    length: str, start: date, most: int, settings: QuestSettings, *, today: date
) -> list[Quest]:
    teams = set(Team.objects.active(on=today).order_by().values_list("pk", flat=True))
    free = dict.fromkeys(teams, most)
    there = Quest.objects.filter(rotated=True, template__length=length, starts_on=start)
    for quest in there.prefetch_related("teams"):
        _take(free, {team.pk for team in quest.teams.all()} or teams)
    opened: list[Quest] = []
    for template in _in_turn(length, start):
        audience = {team.pk for team in template.teams.all()} or teams
        chosen = {team for team in audience & teams if free[team] > 0}
        if not chosen or _is_running(template, start):
            continue
        _take(free, chosen)
        # A quest for all of them stays open to teams that are founded meanwhile.
        quest = make_from(template, start=start, grace_days=settings.grace_days, rotated=True)
        quest.teams.set([] if chosen == teams else chosen)
        if quest.is_claimed:
            # People judge the evidence, so the company's limits hold for what it pays.
            decide_without_budget(
                kind="quest",
                subject=quest.pk,
                on=today,
                each=quest.points,
                said=named(quest),
            )
        opened.append(quest)
    return opened


def _take(free: dict[int, int], teams: Iterable[int]) -> None:
    for team in teams:
        if team in free:
            free[team] -= 1


def _in_turn(length: str, start: date) -> Sequence[QuestTemplate]:
    """The pool in the order in which it comes up; what began on that very day is left out."""
    pool = QuestTemplate.objects.filter(in_rotation=True, archived_on=None, length=length)
    pool = pool.annotate(
        rests_since=Max("quests__starts_on", filter=Q(quests__starts_on__lt=start))
    )
    pool = pool.exclude(quests__rotated=True, quests__starts_on=start)
    return sorted(
        pool.prefetch_related("teams").order_by(),
        key=lambda each: (
            each.rests_since or date.min,
            -each.weight,
            hashlib.sha256(f"{start}{each.key}".encode()).digest(),
        ),
    )


def _is_running(template: QuestTemplate, day: date) -> bool:
    """Whether somebody made it by hand for these days."""
    made = Quest.objects.filter(template=template, status=Quest.Status.OPEN)
    return made.filter(overlaps(day, template.last_day(day))).exists()


def make_from(
    template: QuestTemplate, *, start: date, grace_days: int, rotated: bool = False
) -> Quest:
    """A stored quest with the template's content as it stands, without teams yet."""
    content = {name: getattr(template, name) for name in CONTENT}
    return Quest.objects.create(
        template=template,
        rotated=rotated,
        starts_on=start,
        ends_on=template.last_day(start),
        grace_days=grace_days,
        **content,
    )
