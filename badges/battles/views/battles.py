"""Boss battles for everyone: what is fought, what is coming, what came of earlier ones, one battle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from badges.awards.medals import known_metrics
from badges.battles import reading
from badges.battles.boss import (
    Boss,
    banner_facts,
    battle_url,
    boss_of,
    known_state,
    objective_lines,
    standing,
)
from badges.battles.disclosure import led_teams, told_state
from badges.battles.models.battles import RUNNERS, Battle
from badges.battles.page import battle_page
from badges.battles.words import rewards
from incentives.fragments import fragment
from incentives.org.access import signed_in
from incentives.org.models import Person

PAGE = 20
#: Seconds between two questions of an open page.
ASKS_EVERY = 30
_OVER = ("won", "lost", "cancelled")


@dataclass(frozen=True, slots=True)
class BattleCard:
    """A battle in a list: its banner, who fights, and what was promised or given."""

    battle: Battle
    boss: Boss
    url: str
    who: str
    reward: str


@require_GET
@login_required
def battles(request: HttpRequest) -> HttpResponse:
    """Battles that are fought now and those to come; for those who run them also drafts."""
    person = signed_in(request)
    today = person.company_today
    told = _read(Battle.objects.visible_to(person)).filter(
        status=Battle.Status.PUBLISHED, ends_on__gte=today
    )
    cards = list(_cards(told.order_by("starts_on", "pk"), reader=person))
    may_run = person.has_role(*RUNNERS)
    drafts = _read(Battle.objects.run_by(person)).filter(
        status__in=[Battle.Status.DRAFT, Battle.Status.REHEARSAL]
    )
    past = reading.archive(person, today=today).prefetch_related("objectives", "teams")
    page = Paginator(past, PAGE).get_page(request.GET.get("page"))
    context = {
        "running": [card for card in cards if card.battle.starts_on <= today],
        "coming": [card for card in cards if card.battle.starts_on > today],
        "drafts": list(_cards(drafts, reader=person)) if may_run else [],
        "past": list(_cards(page, reader=person)),
        "page": page,
        "may_run": may_run,
    }
    return render(request, "badges/battles.html", context)


def _read(found: QuerySet[Battle]) -> QuerySet[Battle]:
    return found.select_related("state").prefetch_related("objectives", "teams")


def _cards(found: Iterable[Battle], *, reader: Person) -> Iterable[BattleCard]:
    """Cards of battles, with one question for the names of all their figures."""
    shown, today = list(found), reader.company_today
    led = led_teams(reader)
    metrics = known_metrics(each.key for battle in shown for each in battle.objectives.all())
    for battle in shown:
        state = told_state(battle, known_state(battle), reader=reader, led=led)
        objectives = list(battle.objectives.all())
        lines = objective_lines(battle, objectives, state.objectives, metrics=metrics)
        stands = standing(battle, state, today=today)
        facts = banner_facts(lines, begun=state.as_of is not None)
        url = battle_url(battle)
        banner = boss_of(battle, state, today=today, facts=facts, url=url)
        yield BattleCard(
            battle, banner, url, who_fights(battle), next(iter(rewards(battle, stands)), "")
        )


def who_fights(battle: Battle) -> str:
    """The teams of a battle by name, or the whole company."""
    names = [team.name for team in battle.teams.all()]
    return ", ".join(names) if names else _("the whole company")


@require_GET
@login_required
def battle(request: HttpRequest, pk: int) -> HttpResponse:
    """One battle; asks again by itself while it is fought, and is answered 304 while nothing moved."""
    person = signed_in(request)
    shown = get_object_or_404(_read(Battle.objects.visible_to(person)), pk=pk)
    today = person.company_today
    led = led_teams(person)
    state = told_state(shown, known_state(shown), reader=person, led=led)
    page = battle_page(shown, state, reader=person, today=today, led=led)
    polls = page.boss.state not in (*_OVER, "hidden")
    context = {
        "battle": shown,
        "page": page,
        "who": who_fights(shown),
        "polls": ASKS_EVERY if polls else 0,
    }
    if request.htmx and not request.htmx.boosted:  # type: ignore[attr-defined]
        return fragment(request, "badges/battle.html#battle", context, ends=not polls)
    return render(request, "badges/battle.html", context | _steps(shown, person, today))


def _steps(shown: Battle, person: Person, today: date) -> dict[str, object]:
    """What someone who runs the battle may do with it now."""
    runs = person.has_role(*RUNNERS) and Battle.objects.run_by(person).filter(pk=shown.pk).exists()
    announced = shown.status == Battle.Status.PUBLISHED
    fought = announced and today <= shown.ends_on
    health = known_state(shown).health
    may_invite = fought and shown.starts_on <= today and bool(shown.teams.all())
    return {
        "runs": runs,
        "may_extend": runs and fought and health > 0,
        "may_cancel": runs and fought and health > 0,
        "may_invite": may_invite and person.has_role("supervisor", "manager"),
        "may_repeat": runs and not shown.is_hidden,
        "expected": shown.difficulty if runs else {},
    }
