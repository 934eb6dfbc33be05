"""The audit: nothing to find after a clean night, every kind of planted difference found."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from incentives.capabilities import Difference
from scoring.audit import running as audit
from scoring.figures.night_lock import NIGHT_LOCK
from scoring.models import PointEntry, PointRule, Ticket
from tests import databases
from tests.org.cast import Cast
from tests.scoring.imports import import_file
from tests.scoring.test_goals import agreed
from tests.scoring.truth import MONDAY, SUNDAY, bring_in, night, ticket

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
MAPPINGS = Path(__file__).parent / "mappings"


@pytest.fixture
def week(cast: Cast, tmp_path: Path) -> Cast:
    """A week with scores, points, boards and a goal, closed by a night; then late facts."""
    bring_in(tmp_path)
    agreed(cast, target=Decimal(90))
    night()
    late = [ticket(1, version=2, rating=2), ticket(2, version=2, deleted="true"), ticket(90)]
    bring_in(tmp_path, late, name="late.csv")
    night(as_of=SUNDAY + timedelta(days=1))
    return cast


def found(*names: str) -> dict[str, list[Difference]]:
    findings = audit.audit(audit.checks(names), wait_seconds=0)
    return {each.check.name: each.differences for each in findings if each.differences}


def run(sql: str) -> None:
    """Change what only the product changes: triggers are looked away from."""
    databases.as_owner("SET CONSTRAINTS ALL IMMEDIATE")
    databases.as_owner("SET LOCAL session_replication_role = replica")
    assert databases.as_owner(sql)
    databases.as_owner("SET LOCAL session_replication_role = origin")


def test_nothing_differs_after_a_night(week: Cast) -> None:
    assert found() == {}


def test_nothing_is_changed_by_the_audit(week: Cast) -> None:
    def everything() -> list[object]:
        with connection.cursor() as cursor:
            rows: list[object] = []
            for table in ("agentday", "teamday", "score", "pointentry", "pointtotal", "standing",
                          "periodpoints", "goal", "changedday", "pointsettlement"):  # fmt: skip
                cursor.execute(f"SELECT * FROM scoring_{table} ORDER BY 1, 2")
                rows.append(cursor.fetchall())
            return rows

    run("UPDATE scoring_score SET score = 1")
    before = everything()
    assert found()
    assert everything() == before


PLANTED: list[tuple[str, str, str, tuple[str, str]]] = [
    (
        "agent days",
        "UPDATE scoring_agentday SET resolved = 99 WHERE resolved = 12 AND agent_id = (SELECT id FROM org_person WHERE key = 'agent')",
        "agent 2026-11-02 phone alpha resolved",
        ("99", "12"),
    ),
    (
        "agent days",
        "UPDATE scoring_agentday SET team_id = NULL WHERE resolved = 12 AND agent_id = (SELECT id FROM org_person WHERE key = 'agent')",
        "agent 2026-11-02 phone alpha",
        ("–", "there"),
    ),
    (
        "agent days",
        "UPDATE scoring_ticket SET csat = 3 WHERE external_id = 'T5'",
        "agent 2026-11-02 phone alpha csat_sum",
        ("53.000000", "51.000000"),
    ),
    (
        "team days",
        "UPDATE scoring_teamday SET handle_seconds = 1",
        "alpha 2026-11-02 phone handle_seconds",
        ("1.000000", "7200.000000"),
    ),
    (
        "hours",
        "UPDATE scoring_teamhours SET handled = ARRAY[5]",
        "alpha 2026-11-02 phone 1/10:00 handled",
        ("5", ""),
    ),
    ("hours", "DELETE FROM scoring_teamhours", "alpha 2026-11-02 phone 1/10:00", ("–", "there")),
    ("scores", "UPDATE scoring_score SET score = 12 WHERE period = 'week'", "agent week", ("12", "")),
    ("scores", "DELETE FROM scoring_score WHERE period = 'day'", "agent day", ("–", "there")),
    ("lost points", "UPDATE scoring_score SET score = 12 WHERE period = 'day'", "agent day", ("", "88")),
    (
        "points",
        "UPDATE scoring_pointentry SET amount = amount + 7 WHERE quantity = 2 AND amount = 100",
        "agent 2026-11-02 hard_case v1",
        ("57", "50"),
    ),
    ("points", "DELETE FROM scoring_pointentry WHERE amount = 180", "good_review v1", ("0", "180")),
    ("point totals", "UPDATE scoring_pointtotal SET lifetime = 1", "agent lifetime", ("1", "")),
    ("point totals", "DELETE FROM scoring_pointtotal", "agent", ("–", "there")),
    ("boards", "UPDATE scoring_standing SET rank = 9 WHERE rank = 1", "rank", ("9", "1")),
    ("boards", "DELETE FROM scoring_standing WHERE rank = 1", "", ("–", "there")),
    ("boards", "UPDATE scoring_periodpoints SET points = 3", "points", ("3", "")),
    ("goals", "UPDATE scoring_goal SET value = 50", "value", ("50.000000", "83.333333")),
    ("goals", "UPDATE scoring_goal SET outcome = 'reached'", "outcome", ("reached", "missed")),
]  # fmt: skip


@pytest.mark.parametrize(("check", "sql", "what", "values"), PLANTED)
def test_what_is_planted_is_found(
    week: Cast, check: str, sql: str, what: str, values: tuple[str, str]
) -> None:
    run(sql)
    differences = found(check).get(check, [])
    told = [each for each in differences if what in each.what]
    assert told, differences
    stored, right = values
    assert any(stored in each.stored and right in each.right for each in told), told


def test_what_was_derived_from_a_correction_is_looked_at(week: Cast) -> None:
    from scoring.appeals.settling import settle_now
    from tests.scoring.appeal_data import contest, grant, void

    settle_now(grant(contest(week), week.supervisor, void()))
    assert audit.waiting() > 0  # boards and goals follow with the night
    night(as_of=SUNDAY + timedelta(days=2))
    assert found() == {}
    Ticket.objects.filter(external_id="T11").update(csat=1)
    (difference,) = found("corrections")["corrections"]
    assert (difference.what, difference.stored[:1]) == ("helpdesk T11 csat", "1")


def test_a_closed_season_is_looked_at(week: Cast) -> None:
    from scoring.models import Season, SeasonResult

    season = Season.objects.get()
    Season.objects.update(starts_on=MONDAY, ends_on=SUNDAY, closed_at="2026-11-20T00:00Z")
    SeasonResult.objects.create(season=season, agent=week.agent, points=1, rank=1)
    told = found("season results")["season results"]
    assert {each.stored for each in told} == {"1", "–"}


def test_a_changed_rule_differs_until_the_night(week: Cast) -> None:
    from scoring.points.rules import end

    rule = PointRule.objects.get(key="hard_case")
    end(rule=rule, on=date(2026, 10, 1), today=SUNDAY, by=None)
    assert audit.waiting() > 0
    assert "points" in found("points")
    night(as_of=SUNDAY + timedelta(days=2))
    assert audit.waiting() == 0
    assert found() == {}


def command(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("audit", *arguments, stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), f"{error.returncode} {error}"
    return out.getvalue(), "0"


def test_the_command(week: Cast) -> None:
    assert command() == ("", "0")
    run("UPDATE scoring_pointtotal SET lifetime = 1 WHERE lifetime > 0")
    out, ended = command("--check", "point totals")
    assert ended == "1 2 differences."
    assert out.startswith("point totals\tagent lifetime\t1\t")
    assert command("--check", "point total")[1].startswith("2 There is no check “point total”.")
    assert "boards\tLeaderboards" in command("--list")[0]


@pytest.mark.parametrize(
    ("name", "file"), [("technical_support", "tickets.csv"), ("pwc_call_center", "calls.xlsx")]
)
def test_the_real_files_leave_nothing_to_find(db: None, name: str, file: str) -> None:
    path = SHARED / name / file
    if not path.exists():
        pytest.skip(f"{file} of {name} is not here")
    mapping = (MAPPINGS / f"{name}.toml").read_text(encoding="utf-8")
    import_file(path, mapping=mapping, source=name)
    assert Ticket.objects.exists()
    last = Ticket.objects.order_by("-day").values_list("day", flat=True)[0]
    assert last is not None
    night(as_of=last)
    assert PointEntry.objects.exists()
    assert found() == {}


def test_the_audit_waits_for_the_night(week: Cast) -> None:
    import psycopg2

    other = psycopg2.connect(connection.connection.dsn, password=_password())
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [NIGHT_LOCK])
        with pytest.raises(Exception, match="Another night is still under way"):
            found("point totals")
    finally:
        other.close()


def _password() -> str:
    return str(connection.settings_dict.get("PASSWORD") or "")
