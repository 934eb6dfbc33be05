"""The people of the demo company: sites, teams, agents who come, go and change team, and leaders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from .names import chinese_number, letters, people
from .plan import Plan

NAME = "Lantern Street 灯市街"
MAIL = "lantern-street.example"
_SITES = ("Shanghai 上海", "Chengdu 成都", "Xi’an 西安", "Wuhan 武汉", "Dalian 大连", "Xiamen 厦门")
_LINES = {
    "phone": ("Phone", "电话"),
    "chat": ("Chat", "在线"),
    "tech": ("Technical", "技术"),
    "retention": ("Retention", "挽留"),
    "social": ("Social & mail", "社媒邮件"),
}
# The lines of twelve teams; larger companies repeat them.
_ORDER = (
    *("phone", "chat", "tech", "phone", "chat", "retention"),
    *("phone", "chat", "social", "phone", "tech", "chat"),
)
_SHARES = ("0.5", "0.6", "0.75")


@dataclass(frozen=True, slots=True)
class DemoTeam:
    """A team, the line of work it does, its place and its supervisor's key."""

    key: str
    name: str
    line: str
    site: str
    supervisor: str


@dataclass(frozen=True, slots=True)
class Spell:
    """The days (both included; None is open) on which someone is in a team."""

    team: DemoTeam
    starts_on: date
    ends_on: date | None = None


@dataclass(slots=True)
class DemoPerson:
    """Someone of the company; agents have a number and spells, leaders have a role."""

    key: str
    name: str
    login: str
    hired_on: date
    number: int = -1
    role: str = ""
    share: str = "1"
    left_on: date | None = None
    locale: str = "en"
    spells: list[Spell] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DemoCompany:
    """Everyone and every team."""

    teams: list[DemoTeam]
    agents: list[DemoPerson]
    leaders: list[DemoPerson]

    def everyone(self) -> Iterator[DemoPerson]:
        """Leaders first: rows about agents name them as supervisors."""
        yield from self.leaders
        yield from self.agents


def make_company(plan: Plan) -> DemoCompany:
    """The people and teams of a plan."""
    teams = _teams(plan)
    leaders = _leaders(plan, teams)
    names = people(plan.agents + len(leaders), plan.random("names"))
    for person, (name, login) in zip(leaders, names, strict=False):
        person.name, person.login = name, login
    agents = [
        _agent(plan, number, names[len(leaders) + number], teams) for number in range(plan.agents)
    ]
    return DemoCompany(teams, agents, leaders)


def _teams(plan: Plan) -> list[DemoTeam]:
    size = 10 if plan.agents <= 1_000 else 15
    count = max(2, round(plan.agents / size))
    sites = _SITES[: max(2, min(len(_SITES), count // 12))]
    seen = dict.fromkeys(_LINES, 0)
    teams = []
    for number in range(count):
        line = _ORDER[number % len(_ORDER)]
        english, chinese = _LINES[line]
        letter, place = letters(seen[line]), chinese_number(seen[line] + 1)
        seen[line] += 1
        name = f"{english} {letter} {chinese}{place}组"
        site = sites[number % len(sites)]
        key = f"{line}-{letter.lower()}"
        teams.append(DemoTeam(key, name, line, site, supervisor=f"S{number + 1:03d}"))
    return teams


def _leaders(plan: Plan, teams: list[DemoTeam]) -> list[DemoPerson]:
    """A supervisor for each team, a manager for the company and for each site, HR, an executive."""
    long_ago = plan.first_day - timedelta(days=900)
    roles = {team.supervisor: "" for team in teams}
    roles |= {f"M{n + 1:02d}": "" for n in range(len({team.site for team in teams}))}
    roles |= {"M00": "manager", "H01": "hr", "E01": "executive", "ADMIN": ""}
    return [DemoPerson(key, "", "", long_ago, role=role) for key, role in roles.items()]


def _agent(plan: Plan, number: int, names: tuple[str, str], teams: list[DemoTeam]) -> DemoPerson:
    random = plan.random("agent", number)
    team = teams[number * len(teams) // plan.agents]
    name, login = names
    hired = plan.first_day - timedelta(days=random.randint(60, 1500))
    is_new = number % 12 == 5
    if is_new:
        hired = plan.first_day + timedelta(days=int(plan.days * random.uniform(0.2, 0.7)))
    person = DemoPerson(f"A{1001 + number}", name, login, hired, number=number)
    person.share = random.choice(_SHARES) if number % 9 == 4 else "1"
    person.locale = "zh-hans" if number % 3 == 1 else "en"
    if number % 23 == 6 and not is_new:  # leaves in the last third
        person.left_on = plan.last_day - timedelta(days=int(plan.days * random.uniform(0.1, 0.3)))
    moves = number % 17 == 2 and not is_new
    stays = [Spell(team, person.hired_on, person.left_on)]
    person.spells = _moved(plan, person, team, teams, random) if moves else stays
    return person


def _moved(
    plan: Plan, person: DemoPerson, team: DemoTeam, teams: list[DemoTeam], random: Random
) -> list[Spell]:
    """The days in the first team and in another one."""
    moved = plan.first_day + timedelta(days=int(plan.days * random.uniform(0.4, 0.7)))
    other = random.choice([each for each in teams if each != team])
    before = Spell(team, person.hired_on, moved - timedelta(days=1))
    return [before, Spell(other, moved, person.left_on)]
