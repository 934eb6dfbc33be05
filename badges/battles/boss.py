"""A battle in words and figures: the boss as `components/boss.html` draws it, and its objectives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_UP, Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from badges.awards.medals import known_metrics
from badges.battles.models.battles import Battle
from badges.battles.models.ledger import BattleState
from badges.battles.models.objectives import BattleObjective
from incentives.org.notation import day as day_text
from incentives.org.notation import days as said_days
from incentives.org.notation import percent
from incentives.org.wording import in_readers_language
from scoring.figures.display import amount, limit, shown
from scoring.figures.metrics import Metric

#: The drawings of static/svg/pictures.svg, and what each of them is.
CREATURES = {
    "dragon": gettext_lazy("Dragon"),
    "storm": gettext_lazy("Storm"),
    "golem": gettext_lazy("Golem"),
    "kraken": gettext_lazy("Kraken"),
    "ghost": gettext_lazy("Ghost of the lost parcel"),
    "clockwork": gettext_lazy("Clockwork"),
}
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Boss:
    """What `components/boss.html` shows; `health` is in per cent, "62.4"."""

    name: str
    creature: str
    mood: str
    state: str
    health: str
    when: str
    ending: str = ""
    phases: list[int] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class ObjectiveLine:
    """One objective and how it stands.

    `text` is what is reached, `asked` what it takes, `share` how far it is in per cent. `term` and
    `fact` are both in one pair. `missing` says what a lost battle lacked, empty where it is met.
    """

    pk: int
    name: str
    text: str
    asked: str
    term: str
    fact: str
    share: float
    is_met: bool
    is_amount: bool
    unit: str
    missing: str = ""
    volume: str = ""


def boss_of(
    battle: Battle,
    state: BattleState,
    *,
    today: date,
    facts: Sequence[tuple[str, str]] = (),
    url: str = "",
) -> Boss:
    """The banner of a battle on a day; `url` adds the button that leads to it."""
    stands = standing(battle, state, today=today)
    return Boss(
        name=battle.name or _("A new boss"),
        creature=battle.creature if battle.creature in CREATURES else "dragon",
        mood=mood_of(battle, state),
        state=stands,
        health=health_text(state.health),
        when=when(battle, stands, today=today),
        ending=ending(battle, state, stands),
        phases=[phase["at"] for phase in battle.phases if 0 < phase["at"] < 100],
        facts=list(facts),
        url=url,
        action=_("See the battle") if url else "",
    )


def standing(battle: Battle, state: BattleState, *, today: date) -> str:
    """Where a battle is in its life, as the banner knows it."""
    status = Battle.Status
    if battle.status in (status.DRAFT, status.REHEARSAL):
        return "hidden"
    if battle.status == status.CANCELLED:
        return "cancelled"
    if battle.status == status.SETTLED:
        return "won" if battle.outcome == Battle.Outcome.WON else "lost"
    if today < battle.starts_on:
        return "coming"
    if not state.health:
        return "down"
    return "running" if today <= battle.ends_on else "counting"


def mood_of(battle: Battle, state: BattleState) -> str:
    """How the boss looks: down without health, angry once a later phase began, calm before."""
    if not state.health:
        return "down"
    return "angry" if state.phase > 0 and battle.outcome is None else "calm"


def phase_name(battle: Battle, state: BattleState) -> str:
    """What the phase is called that holds now; empty before the first."""
    if not 0 <= state.phase < len(battle.phases):
        return ""
    phase = battle.phases[state.phase]
    return in_readers_language(phase["name_en"], phase.get("name_zh", ""))


def when(battle: Battle, stands: str, *, today: date) -> str:
    """The days that matter now: how many are left, or which ones they were."""
    if stands == "coming":
        return _("from %(day)s") % {"day": day_text(battle.starts_on)}
    if stands in ("running", "down") and today <= battle.ends_on:
        left = (battle.ends_on - today).days
        if not left:
            return _("the last day is today")
        return ngettext("%(days)d day left", "%(days)d days left", left + 1) % {"days": left + 1}
    if stands in ("counting", "down"):
        return _("corrections until %(day)s") % {"day": day_text(battle.counts_until)}
    return said_days(battle.starts_on, battle.ends_on)


def ending(battle: Battle, state: BattleState, stands: str) -> str:
    """The sentence under the name."""
    health = {"health": left_text(state.health)}
    if stands == "cancelled":
        return _("Called off: %(reason)s") % {"reason": battle.cancelled_because}
    if stands == "won":
        people = battle.result.get("people", 0)
        return ngettext(
            "Defeated by %(people)s person.", "Defeated by %(people)s people.", people
        ) % {"people": amount(Decimal(people))}
    if stands == "lost":
        return _("It got away with %(health)s of its health.") % health
    if stands == "down":
        return _("No health left. Corrections count until %(day)s, then the reward comes.") % {
            "day": day_text(battle.counts_until)
        }
    if stands == "coming":
        return said_days(battle.starts_on, battle.ends_on)
    name = phase_name(battle, state)
    left = _("%(health)s of its health left") % health
    return f"{name} · {left}" if name else left


def health_text(health: Decimal) -> str:
    """A share of 0 to 1 in per cent for a drawing: rounded up, so that only a victory is 0."""
    return f"{_tenths(health):f}"


def left_text(health: Decimal) -> str:
    """A share of 0 to 1 as people read it: 62.4 %, 100 %."""
    left = _tenths(health)
    return percent(left, 0 if left == left.to_integral_value() else 1)


def _tenths(health: Decimal) -> Decimal:
    return (Decimal(health) * 100).quantize(_TENTH, ROUND_UP)


def objective_lines(
    battle: Battle,
    objectives: Sequence[BattleObjective],
    figures: Mapping[str, Any],
    *,
    metrics: Mapping[str, Metric] | None = None,
) -> list[ObjectiveLine]:
    """Each objective with its figures (`BattleState.objectives`, or a result's)."""
    metrics = metrics if metrics is not None else known_metrics(each.key for each in objectives)
    return [
        (_amount if each.is_amount else _level)(
            each, metrics.get(each.key), figures.get(str(each.pk), {})
        )
        for each in objectives
    ]


def banner_facts(lines: Sequence[ObjectiveLine], *, begun: bool) -> list[tuple[str, str]]:
    """The objectives as the banner's facts: how they stand, or before the first day what they take."""
    return [(line.term, line.fact) if begun else (line.name, line.asked) for line in lines]


def metric_name(objective: BattleObjective, metric: Metric | None) -> str:
    """What an objective counts, in the reader's language."""
    if metric is None:
        return objective.key.removeprefix("=")
    return in_readers_language(metric.name_en, metric.name_zh)


def in_unit(value: Decimal, unit: str) -> str:
    """A sum as people read it: whole where it is whole, with its unit."""
    return shown(value, unit) if unit in ("money", "seconds", "hours") else amount(value)


def _amount(
    objective: BattleObjective, metric: Metric | None, figures: Mapping[str, Any]
) -> ObjectiveLine:
    unit, name = metric.unit if metric else "count", metric_name(objective, metric)
    done, target = Decimal(figures.get("done", 0)), objective.target
    words = {"name": name, "done": in_unit(done, unit), "target": in_unit(target, unit)}
    if figures.get("veiled"):
        return _veiled(objective, unit, name, _("%(target)s to reach") % words, figures)
    missing = {**words, "missing": in_unit(max(target - done, Decimal(0)), unit)}
    met = bool(figures.get("met"))
    return ObjectiveLine(
        pk=objective.pk,
        name=name,
        text=_("%(done)s of %(target)s") % words,
        asked=_("%(target)s to reach") % words,
        term=name,
        fact=_("%(done)s of %(target)s") % words + (" ✓" if met else ""),
        share=float(figures.get("share", 0)) * 100,
        is_met=met,
        is_amount=True,
        unit=unit,
        missing="" if met else _("%(name)s: %(missing)s of %(target)s were missing.") % missing,
    )


def _level(
    objective: BattleObjective, metric: Metric | None, figures: Mapping[str, Any]
) -> ObjectiveLine:
    unit, name = metric.unit if metric else "count", metric_name(objective, metric)
    value = None if figures.get("value") is None else Decimal(str(figures["value"]))
    words = {"name": name, "target": limit(objective.target, unit), "value": shown(value, unit)}
    least = objective.op == ">="
    met = bool(figures.get("met"))
    asked = _("must be at least %(target)s") if least else _("must be at most %(target)s")
    term = _("%(name)s, at least %(target)s") if least else _("%(name)s, at most %(target)s")
    if figures.get("veiled"):
        return _veiled(objective, unit, name, asked % words, figures)
    return ObjectiveLine(
        pk=objective.pk,
        name=name,
        text=words["value"],
        asked=asked % words,
        term=term % words,
        fact=words["value"] + (" ✓" if met else ""),
        share=float(figures.get("share", 0)) * 100,
        is_met=met,
        is_amount=False,
        unit=unit,
        missing="" if met else _missed(objective, figures, words),
        volume=_volume(objective, figures),
    )


def _veiled(
    objective: BattleObjective, unit: str, name: str, asked: str, figures: Mapping[str, Any]
) -> ObjectiveLine:
    """An objective of which no more is told than whether it is met: `badges.battles.disclosure` says why."""
    met = bool(figures.get("met"))
    return ObjectiveLine(
        pk=objective.pk,
        name=name,
        text=_("not shown"),
        asked=asked,
        term=name,
        fact=_("not shown") + (" ✓" if met else ""),
        share=100.0 if met else 0.0,
        is_met=met,
        is_amount=objective.is_amount,
        unit=unit,
    )


def _missed(
    objective: BattleObjective, figures: Mapping[str, Any], words: Mapping[str, str]
) -> str:
    if Decimal(figures.get("volume", 0)) < objective.least:
        return _("%(name)s: too little was measured to hold %(target)s.") % words
    return _("%(name)s ended at %(value)s instead of %(target)s.") % words


def _volume(objective: BattleObjective, figures: Mapping[str, Any]) -> str:
    """How much is measured of what a level needs, until it is enough."""
    volume = Decimal(figures.get("volume", 0))
    if volume >= objective.least:
        return ""
    return _("measured on %(volume)s of at least %(least)s") % {
        "volume": amount(volume),
        "least": amount(objective.least),
    }


def known_state(battle: Battle) -> BattleState:
    """The state of a battle read with it (`select_related`); a fresh one where there is none."""
    return getattr(battle, "state", None) or BattleState(battle=battle)


def battle_url(battle: Battle) -> str:
    """The page of a battle."""
    return reverse("badges:battle", args=[battle.pk])
