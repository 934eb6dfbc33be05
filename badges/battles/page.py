"""The page of one battle: who did how much, day by day, one's own part, what is promised."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from badges.battles.boss import (
    Boss,
    ObjectiveLine,
    boss_of,
    in_unit,
    objective_lines,
    phase_name,
)
from badges.battles.disclosure import is_veiled, stretches
from badges.battles.models.battles import Battle
from badges.battles.models.ledger import BattleMember, BattleState
from badges.battles.reading import (
    TeamDamage,
    days_damage,
    days_people,
    own_share,
    teams_damage,
)
from badges.battles.words import notes, rewards
from incentives.org.disclosure import LEAST_GROUP, may_tell
from incentives.org.models import Membership, Person
from incentives.org.notation import day as day_text
from incentives.org.notation import days as said_days
from incentives.org.notation import number, percent
from incentives.org.notation import said as by_skeleton
from scoring.figures.charts import Chart, ChartLine, ChartTable, along_time
from scoring.figures.windows import ONE_DAY

#: In a large company the others stand together.
MOST_TEAMS = 20
#: A boss that keeps no more of its health got away by little.
_CLOSE = Decimal("0.1")
#: From here on decimals of an average say nothing.
_WHOLE = 100
_How = BattleMember.How


@dataclass(frozen=True, slots=True)
class TeamLine:
    """One team's part: what it added to each amount by name, and its part of the boss in per cent."""

    name: str
    people: int
    done: list[tuple[str, str]]
    share: float
    text: str
    each: str
    is_mine: bool = False


@dataclass(frozen=True, slots=True)
class OwnPart:
    """What someone added themselves, for their own eyes, and since when it counts."""

    done: list[tuple[str, str]]
    text: str
    share: float
    note: str


@dataclass(frozen=True, slots=True)
class PhaseMark:
    """A phase: from which health on, and whether it is over, now or to come."""

    name: str
    at: int
    state: str


@dataclass(frozen=True, slots=True)
class BattlePage:
    """Everything that changes while a battle is fought."""

    boss: Boss
    objectives: list[ObjectiveLine]
    phases: list[PhaseMark]
    teams: list[TeamLine]
    amounts: list[str]
    people: int
    days: Chart | None
    own: OwnPart | None
    notes: list[str]
    rewards: list[str]
    missing: list[str] = field(default_factory=list)
    was_close: bool = False


def battle_page(
    battle: Battle,
    state: BattleState,
    *,
    reader: Person,
    today: date,
    led: Collection[int] = (),
) -> BattlePage:
    """A battle as one person sees it on a day, who leads teams with these ids.

    `battle.teams` and `.objectives` are best prefetched.
    """
    objectives = list(battle.objectives.all())
    lines = objective_lines(battle, objectives, state.objectives)
    amounts = [line for line in lines if line.is_amount]
    boss = boss_of(battle, state, today=today)
    return BattlePage(
        boss=boss,
        objectives=lines,
        phases=_phases(battle, state),
        teams=_teams(battle, state, amounts, reader, today, led),
        amounts=[line.name for line in amounts],
        people=battle.result.get("people", state.people),
        days=_days(battle, state, amounts, today),
        own=_own(battle, reader, amounts, today),
        notes=[*notes(battle, boss.state), *_withheld(state)],
        rewards=rewards(battle, boss.state),
        was_close=state.health <= _CLOSE,
        missing=[line.missing for line in lines if line.missing] if boss.state == "lost" else [],
    )


def _withheld(state: BattleState) -> list[str]:
    if not is_veiled(state):
        return []
    text = _(
        "Figures are shown once at least %(people)d people have taken part, so that nobody's part"
        " can be told from them."
    )
    return [text % {"people": LEAST_GROUP}]


def _phases(battle: Battle, state: BattleState) -> list[PhaseMark]:
    marks = []
    for at, phase in enumerate(battle.phases):
        now = BattleState(battle=battle, phase=at)
        stands = "over" if at < state.phase or not state.health else "coming"
        stands = "now" if at == state.phase and state.health else stands
        marks.append(PhaseMark(phase_name(battle, now), phase["at"], stands))
    return marks


def _teams(
    battle: Battle,
    state: BattleState,
    amounts: Sequence[ObjectiveLine],
    reader: Person,
    today: date,
    led: Collection[int],
) -> list[TeamLine]:
    """The greatest parts and one's own; the rest, and teams too small to be shown, stand together.

    Nothing where that would leave no team alone: one line of everyone says what the boss says.
    """
    found = teams_damage(battle, state=state)
    mine = set(
        Membership.objects.active(on=today).filter(person=reader).values_list("team", flat=True)
    )
    large = [each for each in found if len(found) == 1 or each.people >= LEAST_GROUP]
    alone = [
        each
        for at, each in enumerate(large)
        if at < MOST_TEAMS or (each.team is not None and each.team.pk in mine)
    ]
    alone, rest = parted(found, alone, led=led)
    lines = [
        _team(
            each.team.name if each.team else _("Without a team"),
            each.people, each.done, each.share, amounts,
            is_mine=each.team is not None and each.team.pk in mine,
        )
        for each in alone
    ]  # fmt: skip
    if rest and alone:
        done: dict[int, Decimal] = {}
        for each in rest:
            for pk, added in each.done.items():
                done[pk] = done.get(pk, Decimal(0)) + added
        people, share = sum(each.people for each in rest), sum(each.share for each in rest)
        lines.append(_team(_("Other teams"), people, done, Decimal(share), amounts))
    return lines


def parted(
    found: Sequence[TeamDamage], alone: Sequence[TeamDamage], *, led: Collection[int] = ()
) -> tuple[list[TeamDamage], list[TeamDamage]]:
    """Teams shown alone, and those together: never so few people that a sum tells of one of them.

    Nor that it does less what a reader knows of the teams they lead.
    """
    alone = sorted(alone, key=lambda each: -each.people)
    rest = [each for each in found if each not in alone]
    while alone and not _may_tell_of(rest, led):
        rest.append(alone.pop())
    return [each for each in found if each in alone], rest


def _may_tell_of(teams: Sequence[TeamDamage], led: Collection[int]) -> bool:
    known = [each.people for each in teams if each.team is not None and each.team.pk in led]
    return may_tell(sum(each.people for each in teams), known=sum(known))


def _team(
    name: str,
    people: int,
    done: Mapping[int, Decimal],
    share: Decimal,
    amounts: Sequence[ObjectiveLine],
    *,
    is_mine: bool = False,
) -> TeamLine:
    """A team's line; for one amount, what each person added of it, else their part of the boss."""
    sums = [done.get(line.pk, Decimal(0)) for line in amounts]
    if len(amounts) == 1:
        each = _average(sums[0] / (people or 1), amounts[0].unit)
    else:
        each = percent(share * 100 / (people or 1), 2)
    return TeamLine(
        name=name,
        people=people,
        done=[
            (line.name, in_unit(added, line.unit))
            for added, line in zip(sums, amounts, strict=True)
        ],
        share=float(share) * 100,
        text=percent(share * 100),
        each=each,
        is_mine=is_mine,
    )


def _average(value: Decimal, unit: str) -> str:
    """What one person added on average, with a decimal where it says something."""
    if unit in ("money", "seconds", "hours"):
        return in_unit(value, unit)
    return number(value, 0 if value >= _WHOLE else 1)


def _days(
    battle: Battle, state: BattleState, amounts: Sequence[ObjectiveLine], today: date
) -> Chart | None:
    """What each day of tickets added: the amount itself, or with several the part of the boss."""
    damage = days_damage(battle, state=state)
    last = min(battle.ends_on, max([*damage, state.as_of or battle.starts_on]), today)
    if not damage or not amounts:
        return None
    days = [battle.starts_on + n * ONE_DAY for n in range((last - battle.starts_on).days + 1)]
    groups = stretches(days, days_people(state))
    labels = [_days_of(each) for each in groups]
    targets = {each.pk: each.target for each in battle.objectives.all()}
    sums = [
        [
            sum((damage.get(day, {}).get(line.pk, Decimal(0)) for day in each), Decimal(0))
            for each in groups
        ]
        for line in amounts
    ]
    if len(amounts) == 1:
        values, unit, name = sums[0], amounts[0].unit, amounts[0].name
    else:
        parts = [
            [x / targets[line.pk] for x in row] for line, row in zip(amounts, sums, strict=True)
        ]
        values = [sum(column, Decimal(0)) * 100 / len(parts) for column in zip(*parts, strict=True)]
        unit, name = "%", _("Part of the boss")
    spec, table = along_time(labels, [ChartLine(name, values)], unit=unit, bars=True)
    if len(amounts) > 1:
        table = _with_amounts(table, amounts, sums)
    best = max(range(len(groups)), key=lambda at: values[at])
    summary = _("The strongest day so far was %(day)s with %(what)s.") % {
        "day": _days_of(groups[best], "MMMEd"),
        "what": percent(values[best]) if unit == "%" else in_unit(values[best], unit),
    }
    return Chart(_("Day by day"), summary, spec, table)


def _days_of(days: Sequence[date], skeleton: str = "MMMd") -> str:
    if len(days) > 1:
        return said_days(days[0], days[-1])
    return by_skeleton(days[0], skeleton)


def _with_amounts(
    table: ChartTable, amounts: Sequence[ObjectiveLine], sums: Sequence[Sequence[Decimal]]
) -> ChartTable:
    """The table of a chart with a column for each amount more."""
    columns = [
        [in_unit(value, line.unit) for value in row]
        for line, row in zip(amounts, sums, strict=True)
    ]
    # `along_time` leaves out what comes before the first value, and every day has one.
    rows = [[*row, *more] for row, more in zip(table.rows, zip(*columns, strict=True), strict=True)]
    return ChartTable([*table.head, *(line.name for line in amounts)], rows)


def _own(
    battle: Battle, reader: Person, amounts: Sequence[ObjectiveLine], today: date
) -> OwnPart | None:
    """None for those who neither fight nor have done anything."""
    member = battle.members.filter(person=reader).first()
    share = own_share(battle, reader)
    if member is None and not share.done:
        return None
    return OwnPart(
        done=[
            (line.name, in_unit(share.done.get(line.pk, Decimal(0)), line.unit)) for line in amounts
        ],
        text=percent(share.share * 100, 2 if share.share else 0),
        share=float(share.share) * 100,
        note=_joined(member, battle, begun=bool(share.done), today=today) if member else "",
    )


def _joined(member: BattleMember, battle: Battle, *, begun: bool, today: date) -> str:
    on = {"day": day_text(member.joined_on)}
    if member.how == _How.LATE:
        return _("You joined on %(day)s: what you have done from that day on counts.") % on
    if member.how == _How.GUEST:
        return _("You are a guest since %(day)s: all your work from that day on counts.") % on
    if member.how == _How.HELPER:
        return _("You belong to another team; what you do for this battle's teams counts.")
    if not begun and today <= battle.ends_on:
        return _("What you do today stands here after the night.")
    return ""
