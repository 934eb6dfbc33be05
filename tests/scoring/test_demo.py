"""The demo company: the same files for the same plan, imported whole, with every KPI alive."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client

from incentives.org.models import Membership, Person, Team
from scoring.demo import exports, fill, sign_ins
from scoring.demo.company import make_company
from scoring.demo.exports import WrittenFiles, write_files
from scoring.demo.helpdesk import MISTAKES
from scoring.demo.plan import Plan
from scoring.demo.shifts import Rota
from scoring.demo.tickets import Desk
from scoring.figures.catalogue import shipped_kpis
from scoring.figures.kpis import figures
from scoring.figures.query import Grouping
from scoring.figures.windows import Period
from scoring.models import AgentDay, Import, Ticket
from tests.factories import MembershipFactory

SMALL = Plan(agents=8, days=10, seed=5, last_day=date(2026, 11, 20))
committed = pytest.mark.django_db(transaction=True)


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a folder."""
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.iterdir())
    }


@pytest.fixture
def demo_folder(settings: Any, tmp_path: Path) -> Path:
    """Where the command writes the files."""
    settings.VAR_DIR = tmp_path
    return tmp_path / "demo"


@pytest.fixture
def filled(transactional_db: None, demo_folder: Path) -> tuple[WrittenFiles, dict[str, Import]]:
    """What was written of the small company, and its imports by file name."""
    written = write_files(SMALL, make_company(SMALL), demo_folder)
    fill.set_up_company()
    return written, {run.file_name: run for run in fill.import_files(demo_folder)}


def run_demo(*arguments: str) -> str:
    """What the command prints for a small company."""
    out = StringIO()
    call_command("demo", "--agents=8", "--days=10", *arguments, stdout=out)
    return out.getvalue()


def test_the_same_plan_makes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_files(SMALL, make_company(SMALL), tmp_path / name)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_another_seed_makes_other_files(tmp_path: Path) -> None:
    other = Plan(agents=8, days=10, seed=6, last_day=SMALL.last_day)
    for name, plan in (("one", SMALL), ("two", other)):
        write_files(plan, make_company(plan), tmp_path / name)
    one, two = digests(tmp_path / "one"), digests(tmp_path / "two")
    assert all(one[name] != two[name] for name in one)


def test_tickets_do_not_depend_on_how_they_are_cut_into_chunks() -> None:
    company = make_company(SMALL)
    rota, desk = Rota(SMALL, company), Desk(SMALL.seed)
    days = SMALL.every_day()
    whole = desk.tickets(rota.shifts(days, company.agents))
    cut = pl.concat([desk.tickets(rota.shifts([day], company.agents)) for day in days])
    # Vectorised logarithms may differ in their last bit; what is written has far fewer digits.
    exact = pl.exclude(pl.Float64)
    assert cut.select(exact).sort("serial").equals(whole.select(exact).sort("serial"))


def test_people_come_go_and_change_team() -> None:
    plan = Plan(agents=120, days=120, seed=1, last_day=date(2026, 11, 20))
    agents = make_company(plan).agents
    assert any(agent.hired_on > plan.first_day for agent in agents)
    assert any(agent.left_on for agent in agents)
    assert any(len(agent.spells) == 2 for agent in agents)
    assert any(agent.share != "1" for agent in agents)
    assert len({agent.login for agent in agents}) == len({agent.name for agent in agents}) == 120


def test_nobody_is_in_a_team_before_joining_or_after_leaving() -> None:
    plan = Plan(agents=3_000, days=30, seed=2, last_day=date(2026, 11, 20))
    for agent in make_company(plan).agents:
        assert agent.left_on is None or agent.hired_on < agent.left_on
        for spell in agent.spells:
            assert agent.hired_on <= spell.starts_on <= (spell.ends_on or plan.last_day), agent


@pytest.mark.parametrize(
    ("last_day", "busiest"),
    [(date(2026, 11, 20), date(2026, 11, 11)), (date(2026, 6, 30), date(2026, 6, 26))],
)
def test_the_promotion_is_double_eleven_or_near_the_end(last_day: date, busiest: date) -> None:
    peak = Plan(agents=8, days=30, seed=1, last_day=last_day).peak()
    assert max(peak, key=lambda day: peak[day]) == busiest
    assert max(peak) <= last_day


def test_every_mistake_of_the_export_is_met(filled: tuple[WrittenFiles, dict[str, Import]]) -> None:
    written, runs = filled
    tickets = runs[exports.TICKETS]
    made = written.mistakes
    assert tickets.rows_read == written.rows[exports.TICKETS]
    assert tickets.rows_rejected == made["number"] > 0
    assert tickets.fields_rejected == sum(made[name] for name in MISTAKES[:5]) >= 5
    assert tickets.rows_held == made["agent"] > 0
    assert tickets.rows_new == tickets.rows_read - tickets.rows_rejected
    assert {code for (code,) in tickets.issues.values_list("code")} == {
        *("before_request", "not_a_duration", "negative"),
        *("outside_scale", "not_a_number", "missing_id"),
    }


def test_the_other_files_are_clean(filled: tuple[WrittenFiles, dict[str, Import]]) -> None:
    written, runs = filled
    for name, run in runs.items():
        assert run.rows_read == written.rows[name]
        if name != exports.TICKETS:
            assert (run.rows_rejected, run.fields_rejected, run.rows_held) == (0, 0, 0), name


def test_corrections_change_tickets_repeat_rows_and_remove_spam(
    filled: tuple[WrittenFiles, dict[str, Import]],
) -> None:
    run = filled[1][exports.CORRECTIONS]
    assert run.rows_changed > 50
    assert run.rows_same == 3
    assert Ticket.objects.filter(deleted=True).exists()
    assert Ticket.objects.filter(reopens__gt=0).exists()
    assert Ticket.objects.filter(status="reopened").exists()


@pytest.mark.usefixtures("filled")
def test_every_kpi_has_a_value_for_the_company() -> None:
    found = {figure.metric: figure for figure in figures(by=Grouping.COMPANY, period=Period.ALL)}
    empty = [row["key"] for row in shipped_kpis() if not found[row["key"]].value]
    # Few ideas are had in ten days, and fewer are adopted.
    assert set(empty) <= {"kb_contributions", "suggestions_adopted"}
    assert all(found[key].value is not None for key in empty)


@pytest.mark.usefixtures("filled")
def test_slower_answers_earn_worse_ratings() -> None:
    with connection.cursor() as cursor:
        # Within each agent and channel: quick agents are often the better ones, too.
        cursor.execute(
            "SELECT corr(mark, slow), count(*) FROM (SELECT csat - avg(csat) OVER own AS mark,"
            " wait - avg(wait) OVER own AS slow FROM (SELECT *,"
            " ln(greatest(coalesce(answer_seconds, first_response_seconds), 1)) AS wait"
            " FROM scoring_ticket WHERE csat IS NOT NULL) t WHERE wait IS NOT NULL"
            " WINDOW own AS (PARTITION BY agent_id, channel_id)) d"
        )
        correlation, count = cursor.fetchone()
    assert count > 300
    assert correlation < -0.1


@pytest.mark.usefixtures("filled")
def test_a_person_who_changed_team_has_totals_in_both() -> None:
    mover = Person.objects.get(key="A1003")
    teams = Membership.objects.filter(person=mover).values_list("team_id", flat=True)
    assert len(set(teams)) == 2
    totals = AgentDay.objects.filter(agent=mover).values_list("team_id", flat=True)
    assert set(totals) == set(teams)


@committed
def test_the_command_fills_once_and_says_who_can_sign_in(demo_folder: Path) -> None:
    said = run_demo()
    password = sign_ins.known_password(demo_folder)
    assert password
    assert password in said
    for role in ("Agent", "Supervisor", "Manager", "HR", "Executive", "Administrator"):
        assert role in said
    for each in sign_ins.sign_ins():
        assert Client().login(username=each.login, password=password), each
    before = (Import.objects.count(), Ticket.objects.count(), Person.objects.count())
    again = run_demo()
    assert "here already" in again
    assert password in again
    assert (Import.objects.count(), Ticket.objects.count(), Person.objects.count()) == before


@committed
def test_again_imports_the_same_files_without_any_change(demo_folder: Path) -> None:
    run_demo()
    first = Ticket.objects.count(), Person.objects.count(), Team.objects.count()
    last = Import.objects.latest("pk").pk
    run_demo("--again")
    runs = Import.objects.filter(pk__gt=last)
    assert runs.count() == len(fill.STEPS)
    assert not any(run.rows_new or run.rows_changed for run in runs)
    assert (Ticket.objects.count(), Person.objects.count(), Team.objects.count()) == first


@committed
def test_again_with_another_seed_breaks_nothing(demo_folder: Path) -> None:
    run_demo()
    assert "Done in" in run_demo("--again", "--seed=9")


@pytest.mark.django_db
def test_the_demo_is_refused_in_production(settings: Any, demo_folder: Path) -> None:
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError, match="development only") as refused:
        run_demo()
    assert refused.value.returncode == 2
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_the_demo_leaves_other_peoples_data_alone(demo_folder: Path) -> None:
    MembershipFactory()
    with pytest.raises(CommandError, match="other people's data"):
        run_demo()


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["--agents=3", "--days=2", "--agents=1000000"])
def test_an_impossible_size_is_refused(wrong: str, demo_folder: Path) -> None:
    with pytest.raises(CommandError, match="must be from"):
        run_demo(wrong)


def test_the_files_are_of_the_days_asked_for(tmp_path: Path) -> None:
    write_files(SMALL, make_company(SMALL), tmp_path)
    days = pl.read_parquet(tmp_path / exports.SHIFTS)["date"]
    assert (days.min(), days.max()) == (SMALL.first_day, SMALL.last_day)
    assert SMALL.first_day == SMALL.last_day - timedelta(days=9)
