"""What ships with the product: added after migrating, once, and never over what a company made of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db.migrations.executor import MigrationExecutor

from badges.awards import catalogue as badges
from badges.models import Badge, BadgeSet, BadgeVersion, QuestTemplate
from badges.quests import shipped as quests
from incentives.capabilities import ShippedRows, declared
from incentives.org.management.commands import migrate
from scoring.boards import shipped as boards
from scoring.models import Channel, Kpi, Leaderboard, PointRule, Scorecard
from scoring.points import catalogue as rules

ROOT = Path(__file__).parents[2]
MODELS = (Channel, Kpi, Scorecard, PointRule, Leaderboard, Badge, BadgeSet, QuestTemplate)
pytestmark = pytest.mark.django_db


def add_shipped() -> None:
    for rows in declared(ShippedRows):
        rows.add()


def stored() -> dict[str, list[Any]]:
    return {m.__name__: list(m._default_manager.order_by("pk").values()) for m in MODELS}


def with_another(file: Path, name: str, folder: Path) -> Path:
    """The file, its first entry once more under the key `another`."""
    head, first, *rest = re.split(rf"(?=^\[\[{name}\]\])", file.read_text(), flags=re.MULTILINE)
    again = re.sub(r'^key = ".*"', 'key = "another"', first, flags=re.MULTILINE)
    copy = folder / file.name
    copy.write_text("".join([head, again, first, *rest]))
    return copy


def test_adding_again_changes_nothing() -> None:
    before = stored()
    assert all(before.values())
    add_shipped()
    assert stored() == before


def test_what_a_company_has_made_of_it_stays() -> None:
    Kpi.objects.filter(key="csat").update(target=77, archived=True)
    Leaderboard.objects.filter(key="team-week").update(name_en="Our board")
    QuestTemplate.objects.filter(key="kind_words").update(points=1, in_rotation=False)
    before = stored()
    add_shipped()
    assert stored() == before


@pytest.mark.parametrize(
    ("module", "name", "quiet"),
    [
        (rules, "rule", lambda: PointRule.objects.get(key="another").status == "draft"),
        (badges, "badge", lambda: BadgeVersion.objects.get(badge__key="another").status == "draft"),
        (quests, "quest", lambda: not QuestTemplate.objects.get(key="another").in_rotation),
        (boards, "board", lambda: Leaderboard.objects.get(key="another").shipped),
    ],
)
def test_what_a_release_brings_anew_is_added_and_pays_nobody_by_itself(
    module: Any,
    name: str,
    quiet: Callable[[], bool],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "TOML", with_another(module.TOML, name, tmp_path))
    add_shipped()
    assert quiet()


def test_tables_of_an_earlier_migration_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    Leaderboard.objects.filter(key="newcomers-month").delete()
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: ["one is to come"])
    migrate._add_shipped()
    assert not Leaderboard.objects.filter(key="newcomers-month").exists()
    monkeypatch.undo()
    migrate._add_shipped()
    assert Leaderboard.objects.filter(key="newcomers-month").exists()


def test_migrations_call_nothing_that_may_change() -> None:
    live = re.compile(r"^from (scoring|badges|careers|rewards|dashboards)\b", re.MULTILINE)
    folders = [path for path in ROOT.glob("*/migrations/*.py") if live.search(path.read_text())]
    assert folders == []
