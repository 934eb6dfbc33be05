"""Nobody comes upon another's figure by subtraction: every page, fragment and export is searched.

A small company works for three days; everyone's amounts are large numbers of their own, so that a
difference of two figures that hits one of them is no coincidence. Each reader opens all that they
can reach, and whatever numbers stand there are tried: as they are, less another, less one's own.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from itertools import product
from random import Random
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from badges.battles import fighting, publishing
from badges.models import Award, Badge, Battle, BattleObjective, Quest
from badges.quests.night import run_quests
from dashboards.models import Wallboard
from dashboards.wallboard.links import token_of
from incentives.org import disclosure
from incentives.org.models import Company, Person, Site, Team
from scoring.boards.refresh import refresh_boards
from scoring.figures.changes import Changes
from scoring.figures.totals import recompute_everything
from scoring.goals.review import review_goals
from scoring.models import Channel, Goal, Kpi, Leaderboard, Season, Source, Ticket
from scoring.points.seasons import close_season
from tests.badges.award_data import badge
from tests.badges.battle_data import amount
from tests.browser.walk.discovery import routes
from tests.factories import (
    PersonFactory,
    SiteFactory,
    SupervisionFactory,
    TeamFactory,
)
from tests.scoring.board_data import board, give

pytestmark = pytest.mark.django_db

SIZES = {"solo": 1, "pair": 2, "trio": 3, "four": 4, "ten": 10}
READERS = ["pair", "trio", "four", "ten", "leader", "manager", "wall"]
SECRET_BADGE = "The hidden lighthouse"
#: Addresses of one route that are opened for each reader.
MOST_OF_A_ROUTE = 2
_NUMBER = re.compile(r"\d[\d,  ]*(?:\.\d+)?")
_LINK = re.compile(r"""(?:href|hx-get|data-hx-get)=["']([^"'#]+)""")
_LARGE = 10**6


@dataclass
class World:
    """The company: people by team, and each one's amounts, by what they are amounts of."""

    days: list[date]
    teams: dict[str, list[Person]]
    amounts: dict[int, dict[tuple[Any, ...], int]] = field(default_factory=dict)
    readers: dict[str, Person] = field(default_factory=dict)
    more: list[str] = field(default_factory=list)

    def figures(self, person: Person) -> Iterator[int]:
        """What of someone is theirs alone: each cell, day, channel and the whole; points."""
        sold = {key: n for key, n in self.amounts[person.pk].items() if key[0] == "sold"}
        for days, channel in product(
            [*([day] for day in self.days), self.days, self.days[:2], self.days[1:]],
            [None, "phone", "chat"],
        ):
            picked = [n for (_what, d, c), n in sold.items() if d in days and channel in (None, c)]
            yield sum(picked)
        yield from (n for key, n in self.amounts[person.pk].items() if key[0] != "sold")


@pytest.fixture
def world(db: None) -> World:
    """Teams of 1, 2, 3, 4 and 10 at two sites; the last of each team have the fewest points."""
    Company.objects.update_or_create(pk=1, defaults={"name": "Lakeside", "time_zone": "UTC"})
    Leaderboard.objects.all().delete()
    today = Company.current().today()
    sites = {"north": SiteFactory(key="north"), "south": SiteFactory(key="south")}
    made = World([today - timedelta(days=back) for back in (3, 2, 1)], {})
    chance = Random(11)
    for name, size in SIZES.items():
        site = sites["north" if name in ("pair", "ten") else "south"]
        team = TeamFactory(key=name, name=name.title(), site=site)
        made.teams[name] = [
            PersonFactory(display_name=f"{name.title()} {n}", team=team) for n in range(size)
        ]
    _sell(made, chance)
    _rank(made, chance, today)
    _steer(made, sites["north"])
    _play(made, today)
    return made


def _sell(made: World, chance: Random) -> None:
    """Tickets with an amount: on the second day one of ten works alone, chat is few people's."""
    source = Source.objects.create(name="helpdesk")
    Kpi.objects.create(
        key="sold", name_en="Sold", group="commercial", numerator="order_value", unit="count"
    )
    for people in made.teams.values():
        for at, person in enumerate(people):
            cells: dict[tuple[Any, ...], int] = {}
            for day, channel in product(made.days, ("phone", "chat")):
                if (channel == "chat" and at > 1) or (day == made.days[1] and at > 0):
                    continue
                cells["sold", day, channel] = sold = chance.randrange(10**8, 10**9)
                Ticket.objects.create(
                    source=source,
                    external_id=f"{person.pk}-{day}-{channel}",
                    agent=person,
                    day=day,
                    channel=Channel.objects.get(key=channel),
                    orders=1,
                    order_value=Decimal(sold),
                )
            made.amounts[person.pk] = cells
    recompute_everything()


def _rank(made: World, chance: Random, today: date) -> None:
    """Points of now and of a season that is archived; only those of the last four are secret."""
    old = Season.objects.create(
        name="Old", starts_on=today - timedelta(days=90), ends_on=today - timedelta(days=60)
    )
    board(key="all", period="all", shown=50)
    board(key="each", period="all", within="team", shown=50)
    board(key="teams", period="all", subject="team", shown=50)
    kpi = Kpi.objects.get(key="sold")
    board(key="teams-sold", period="month", subject="team", by="kpi", kpi=kpi, shown=50)
    ends = [people[-1] for name, people in made.teams.items() if name != "solo"]
    for people in made.teams.values():
        for person in people:
            low, high = (10**7, 2 * 10**7) if person in ends else (10**8, 9 * 10**8)
            for what, day in (("old", old.ends_on), ("new", made.days[-1])):
                points = chance.randrange(low, high)
                give(person, points, day)
                if person in ends:
                    made.amounts[person.pk][what,] = points
            if person in ends:
                cells = made.amounts[person.pk]
                cells["both",] = cells["old",] + cells["new",]
    close_season(season=old, by=None, today=today)
    refresh_boards(Changes(as_of=today))


def _steer(made: World, north: Site) -> None:
    leader, manager = PersonFactory(key="leader"), PersonFactory(key="manager")
    SupervisionFactory(person=leader, team=Team.objects.get(key="ten"))
    Person.objects.filter(pk=manager.pk).update(login="manager")
    manager.role_grants.create(role="manager", site=north)
    made.readers = {name: people[0] for name, people in made.teams.items()}
    made.readers |= {"leader": leader, "manager": Person.objects.get(pk=manager.pk)}


def _play(made: World, today: date) -> None:
    """Battles, goals and quests of teams of each size; screens; a badge that is a secret."""
    boss = PersonFactory(key="boss", role="administrator")
    kpi, first = Kpi.objects.get(key="sold"), made.days[0]
    for name in (None, *SIZES):
        teams = [Team.objects.get(key=name)] if name else []
        objectives = [amount(10**11, "order_value")]
        _battle(boss, objectives, teams, first, today)
        for team in teams:
            Goal.objects.create(
                team=team, title="Sell", kpi=kpi, target=Decimal(10**9), starts_on=first,
                ends_on=today, status=Goal.Status.AGREED, proposed_by=boss,
            )  # fmt: skip
            quest = Quest.objects.create(
                name_en="Sell", audience="team", points=5, starts_on=first, ends_on=today,
                criteria={"all": [{"measure": "order_value", "window": "day", "op": ">=", "value": 10**11}]},
            )  # fmt: skip
            quest.teams.set([team])
        screen = Wallboard.objects.create(
            title=name or "All", team=teams[0] if teams else None, made_by=boss,
            scenes=["results", "wins", "battle", *(f"board:{b.pk}" for b in Leaderboard.objects.all())],
        )  # fmt: skip
        made.more.append(reverse("dashboards:wall", args=[token_of(screen)]))
        made.more.append(reverse("dashboards:wall_scenes", args=[token_of(screen)]))
    Battle.objects.update(status=Battle.Status.PUBLISHED)
    changes = Changes(as_of=today, everything=True)
    fighting.fight(changes)
    run_quests(changes)
    review_goals(changes)
    badge({"metric": "sold", "window": "day", "op": ">=", "value": 10**11}, key="lighthouse")
    Badge.objects.filter(key="lighthouse").update(secret=True, name_en=SECRET_BADGE)


def _battle(
    by: Person, objectives: list[BattleObjective], teams: list[Team], first: date, today: date
) -> None:
    found = publishing.save_draft(
        battle=Battle(name_en="Dragon", starts_on=first, ends_on=today, settlement_days=9),
        objectives=objectives,
        teams=teams,
        by=by,
    )
    publishing.rehearse(battle=found, by=by, today=today)


def _asked(world: World) -> Iterator[str]:
    """The explorer's questions, and their exports: every level, team, channel and stretch of days."""
    first, second, last = world.days
    spans = [(first, last), (first, first), (second, second), (last, last), (first, second)]
    teams = ["", *Team.objects.values_list("pk", flat=True)]
    questions = [("team", span, channel) for span in spans for channel in ("", "phone", "chat")]
    questions += [(level, span, "") for level in ("channel", "company") for span in spans]
    for level, (start, end), channel in [*questions, ("agent", spans[0], "")]:
        days = {"kpi": "sold", "window": "range", "start": start, "end": end}
        asked = {**days, "level": level, "channel": channel}
        yield reverse("scoring:kpis") + "?" + urlencode(asked | {"format": "csv"})
    for team, page in product(teams, ["scoring:kpis", "dashboards:analytics"]):
        asked = {"kpi": "sold", "window": "range", "start": first, "end": last, "team": team}
        yield reverse(page) + "?" + urlencode(asked)


def _opened(client: Client, waiting: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Address and text of every answer that links lead to from these addresses."""
    queue, seen, opened = deque(waiting), set[str](), Counter[str]()
    asked = set(queue)
    while queue:
        url = queue.popleft()
        parts = urlsplit(url)
        if url in seen or parts.netloc or not parts.path.startswith("/") or _others(parts.path):
            continue
        seen.add(url)
        try:
            name = resolve(parts.path).view_name
        except Resolver404:
            continue
        opened[name] += 1
        if opened[name] > MOST_OF_A_ROUTE and url not in asked:
            continue
        answer = client.get(url)
        assert answer.status_code < 500, url
        if answer.status_code != 200:
            continue
        text = b"".join(answer) if answer.streaming else answer.content
        shown = unescape(text.decode(errors="replace"))
        yield url, shown
        queue.extend(urljoin(url, link) for link in _LINK.findall(shown))


def _others(path: str) -> bool:
    """Addresses without anyone's figures: files, signing in, health."""
    return path.startswith(
        ("/static/", "/accounts/", "/health/", "/offline/", "/manifest", "/service")
    )


def _numbers(text: str) -> set[int]:
    found = (re.sub(r"[,  ]", "", each) for each in _NUMBER.findall(text))
    return {int(Decimal(each)) for each in found if len(each) < 20}


def _told(world: World, reader: str) -> Mapping[int, str]:
    """Every large number that a reader finds, with an address where it stands."""
    cache.clear()
    client = Client()
    if reader == "wall":
        addresses = world.more
    else:
        client.force_login(Person.objects.get(pk=world.readers[reader].pk))
        addresses = [*(url for url in routes().values() if url), *_asked(world)]
    found: dict[int, str] = {}
    for url, text in _opened(client, addresses):
        for number in _numbers(text):
            if number >= _LARGE:
                found.setdefault(number, url)
    return found


def _known(world: World, reader: str) -> list[Person]:
    """Whose single figures a reader may see: their own, and those of the people they lead."""
    if reader in SIZES:
        return [world.readers[reader]]
    led = {"leader": ["ten"], "manager": ["pair", "ten"], "wall": []}[reader]
    return [person for name in led for person in world.teams[name]]


def _inferred(world: World, reader: str) -> list[str]:
    """Whose figures a reader comes upon whom they do not lead, and from which figures."""
    told = dict(_told(world, reader))
    known = _known(world, reader)
    for person in known:
        told |= {n: "one's own" for n in world.figures(person) if n >= _LARGE}
    hits = []
    for people in world.teams.values():
        for person in people:
            secrets = set(world.figures(person)) - {0} if person not in known else set()
            for secret in secrets:
                if secret in told:
                    hits.append(f"{person}: {secret} on {told[secret]}")
                hits += [
                    f"{person}: {more} on {url} less {more - secret} on {told[more - secret]}"
                    for more, url in told.items()
                    if more - secret in told
                ]
    return hits


def test_nobodys_figure_is_told_by_subtraction(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {reader: _inferred(world, reader) for reader in READERS}
    assert {reader: hits[:9] for reader, hits in found.items() if hits} == {}
    # The same search finds them where the rule is off.
    for name, least in (("LEAST_GROUP", 1), ("LEAST_REST", 0)):
        monkeypatch.setattr(disclosure, name, least)
    assert _inferred(world, "pair")


def test_a_secret_badge_is_named_nowhere(world: World) -> None:
    client = Client()
    client.force_login(Person.objects.get(pk=world.readers["ten"].pk))
    addresses = [url for url in routes().values() if url]
    kpi_page = reverse("scoring:kpi", args=["sold"])
    texts = dict(_opened(client, [kpi_page, *addresses]))
    assert kpi_page in texts
    assert not Award.objects.exists()
    assert [url for url, text in texts.items() if SECRET_BADGE in text] == []
