"""Files that no one here wrote, against results that two other programs computed from them.

The files lie outside of the project (../shared/data); their mappings are in tests/scoring/mappings.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from incentives.org.models import Company, Person
from scoring.models import CustomMeasure, Kpi

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
MAPPINGS = Path(__file__).parent / "mappings"
FOUR = Decimal("0.0001")
MINUTE, HOUR, DAY = 60, 3600, 86400
LEVELS = {"agent_group": "team", "manager": "team", "office": "site", "topic": "channel"}


@dataclass(frozen=True)
class Shown:
    """How a reference metric is had from us: a KPI of the catalogue, or one of our measures."""

    numerator: str = ""
    denominator: str = ""
    catalogue: str = ""
    unit: str = "count"
    divisor: int = 1

    @property
    def is_ratio(self) -> bool:
        """Whether there is no value without data, rather than a zero."""
        return bool(self.catalogue not in ("", "handled") or self.denominator)


def share(numerator: str, denominator: str) -> Shown:
    """A share in per cent."""
    return Shown(numerator, denominator, unit="%")


@dataclass(frozen=True)
class Reference:
    """A folder with files, the mappings that read them, and what its metrics are with us."""

    folder: str
    files: tuple[tuple[str, str], ...]
    metrics: dict[str, Shown]
    measures: dict[str, dict[str, Any]] = field(default_factory=dict)


def counting(name: str, value: Any) -> dict[str, Any]:
    """The tickets in which a field has a value, or one of several."""
    op = "in" if isinstance(value, list) else "="
    return {"all": [{"field": name, "op": op, "value": value}], "measure": "count"}


TECHNICAL_SUPPORT = Reference(
    "technical_support",
    (("tickets.csv", "technical_support"),),
    {
        "tickets_created": Shown(catalogue="handled"),
        "tickets_with_resolution": Shown("resolved"),
        "tickets_closed": Shown("is_closed"),
        "tickets_resolved_not_closed": Shown("is_resolved"),
        "tickets_open_or_in_progress": Shown("is_open"),
        "first_response_recorded": Shown("responded"),
        "first_response_invalid_negative": Shown("response_impossible"),
        "first_response_mean_min_valid": Shown(catalogue="frt", divisor=MINUTE),
        "first_response_sla_flag_pct": share("response_flagged_within", "handled"),
        "first_response_sla_computed_met": Shown("response_in_time"),
        "resolution_mean_h": Shown("resolution_seconds", "resolution_count", divisor=HOUR),
        "resolution_sla_flag_pct": share("resolution_flagged_within", "handled"),
        "resolution_sla_computed_met": Shown("resolution_in_time"),
        "resolution_before_first_response": Shown("resolved_before_response"),
        "close_before_resolution": Shown("closed_before_resolution"),
        "csat_mean": Shown(catalogue="csat_mean"),
        "csat_responses": Shown("csat_count"),
        "csat_top2_pct": Shown(catalogue="csat"),
        "fcr_one_interaction_pct": Shown(catalogue="fcr"),
    },
    {
        "is_closed": counting("status", "Closed"),
        "is_resolved": counting("status", "Resolved"),
        "is_open": counting("status", ["Open", "In progress"]),
        "responded": counting("extra.responded", "true"),
        "response_impossible": counting("extra.response_possible", "false"),
        "response_flagged_within": counting("first_response_within", True),
        "response_in_time": counting("extra.response_in_time", "true"),
        "resolution_flagged_within": counting("extra.resolution_within", "true"),
        "resolution_in_time": counting("extra.resolution_in_time", "true"),
        "resolved_before_response": counting("extra.resolved_after_response", "false"),
        "closed_before_resolution": counting("extra.closed_after_resolution", "false"),
    },
)
PWC_CALL_CENTER = Reference(
    "pwc_call_center",
    (("calls.xlsx", "pwc_call_center"),),
    {
        "calls_offered": Shown("offered"),
        "calls_answered": Shown("answered"),
        "calls_resolved": Shown("resolved"),
        "answer_rate_pct": Shown(catalogue="answer_rate"),
        "fcr_pct": Shown(catalogue="fcr"),
        "resolution_rate_of_offered_pct": share("resolved", "offered"),
        "csat_mean": Shown(catalogue="csat_mean"),
        "csat_responses": Shown("csat_count"),
        "csat_top2_pct": Shown(catalogue="csat"),
        "speed_of_answer_mean_s": Shown(catalogue="asa"),
        "talk_mean_s": Shown(catalogue="aht"),
        "talk_total_s": Shown("handle_seconds"),
        "service_level_60s_pct": Shown(catalogue="service_level"),
    },
)
CRM_SALES = Reference(
    "crm_sales",
    (("sales_teams.csv", "crm_sales_people"), ("sales_pipeline.csv", "crm_sales")),
    {
        "deals_won": Shown("converted"),
        "deals_lost": Shown("enquiries - converted"),
        "win_rate_pct": Shown(catalogue="conversion"),
        "revenue_won": Shown("order_value"),
        "mean_deal_value_won": Shown(catalogue="aov"),
        "mean_days_to_close_won": Shown("won_seconds", "converted", divisor=DAY),
        "deals_open_engaging": Shown("engaging"),
        "deals_open_prospecting": Shown("prospecting"),
    },
    {
        "won_seconds": {
            "all": [{"field": "converted", "op": "=", "value": True}],
            "measure": "sum",
            "of": "resolution_seconds",
        },
        "engaging": counting("status", "Engaging"),
        "prospecting": counting("status", "Prospecting"),
    },
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "reference", [TECHNICAL_SUPPORT, PWC_CALL_CENTER, CRM_SALES], ids=lambda each: each.folder
)
def test_every_reference_value_is_met_to_four_decimals(
    reference: Reference, capsys: pytest.CaptureFixture[str]
) -> None:
    skip_if_absent(reference.folder)
    set_up(reference)
    for file, mapping in reference.files:
        imported(DATA / reference.folder / file, MAPPINGS / f"{mapping}.toml", reference.folder)
    rows = [row for row in rows_of(reference) if row["scope"] != "topic"]
    compare(reference, rows, capsys)


@pytest.mark.django_db
def test_calls_by_topic_when_the_topic_is_taken_for_the_channel(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    skip_if_absent("pwc_call_center")
    set_up(PWC_CALL_CENTER)
    text = (MAPPINGS / "pwc_call_center.toml").read_text()
    mapping = tmp_path / "by_topic.toml"
    mapping.write_text(text.replace('channel = { value = "phone" }', 'channel = "Topic"'))
    imported(DATA / "pwc_call_center" / "calls.xlsx", mapping, "pwc")
    rows = [row for row in rows_of(PWC_CALL_CENTER) if row["scope"] == "topic"]
    compare(PWC_CALL_CENTER, rows, capsys)


def skip_if_absent(folder: str) -> None:
    """Real files are not part of the project."""
    if not (DATA / folder).is_dir():
        pytest.skip(f"no real files: {DATA / folder} is absent")


def set_up(reference: Reference) -> None:
    """The measures and KPIs that the catalogue does not have; times are UTC as in the reference."""
    Company.objects.update(time_zone="UTC")
    for key, definition in reference.measures.items():
        CustomMeasure.objects.create(key=key, name_en=key, definition=definition)
    for metric, shown in reference.metrics.items():
        if not shown.catalogue:
            Kpi.objects.create(
                key=metric,
                name_en=metric,
                group=Kpi.Group.QUALITY,
                numerator=shown.numerator,
                denominator=shown.denominator,
                unit=shown.unit,
            )


def imported(path: Path, mapping: Path | str, source: str) -> None:
    """Import a file as the command line does; only single fields may have been rejected."""
    told, warned = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(
            "ingest", path, source=source, mapping=str(mapping), stdout=told, stderr=warned
        )
    assert ended.value.code in (0, 1), warned.getvalue()
    assert " 0 rows and" in told.getvalue(), warned.getvalue()


def rows_of(reference: Reference) -> list[dict[str, str]]:
    """The reference's rows."""
    with (DATA / reference.folder / "reference.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def compare(
    reference: Reference, rows: list[dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Hold every row against the figure of the command line, and say how many there were."""
    ours: dict[tuple[str, str], dict[tuple[str, str, str], str]] = {}
    wrong = []
    for row in rows:
        shown = reference.metrics[row["metric"]]
        level, period = level_and_period(row)
        if (level, period) not in ours:
            ours[level, period] = dict(printed(reference, level=level, period=period))
        entity = "" if level == "company" else row["entity"]
        metric = shown.catalogue or row["metric"]
        found = as_reference(ours[level, period].get((row["period"], entity, metric), ""), shown)
        if found != (Decimal(row["value"]) if row["value"] else None):
            wrong.append((row, found))
    with capsys.disabled():
        print(f"\n{reference.folder}: {len(rows)} reference values compared, {len(wrong)} differ")
    assert not wrong, wrong[:5]
    assert rows


def level_and_period(row: dict[str, str]) -> tuple[str, str]:
    """Which figures a row of the reference is about."""
    level = LEVELS.get(row["scope"], row["scope"])
    level = "company" if row["entity"] == "ALL" else level
    text = row["period"]
    kinds = {"W": "week", "Q": "quarter"}
    return level, "all" if text == "all" else kinds.get(text[5], "month")


def printed(
    reference: Reference, *, level: str, period: str
) -> Iterator[tuple[tuple[str, str, str], str]]:
    """What `kpis --format csv` prints: (period, name, metric) and the value."""
    metrics = {shown.catalogue or metric for metric, shown in reference.metrics.items()}
    out = StringIO()
    call_command(
        "kpis", by=level, period=period, metric=",".join(metrics), format="csv", stdout=out
    )
    for row in csv.DictReader(StringIO(out.getvalue())):
        name = "" if level == "company" else row["name"]
        yield (row["period"], name, row["metric"]), row["value"]


def as_reference(value: str, shown: Shown) -> Decimal | None:
    """Our value as the reference has it: half-up to four decimals, None without data."""
    if not value:
        return None if shown.is_ratio else Decimal(0)
    return (Decimal(value) / shown.divisor).quantize(FOUR, ROUND_HALF_UP)


# Files without a reference: what their descriptions say of them

OTHERS = {
    # file and mapping: rows, what the KPIs of the company must be
    ("tickets_1000/customer_support_tickets.csv", "tickets_1000"): {
        "handled": ("1000", None),
        "resolution_rate": ("899", "1000"),
    },
    ("tickets_5000_teams/customer_support_tickets.csv", "tickets_5000_teams"): {
        "handled": ("5000", None),
        "resolution_rate": ("3724", "5000"),
        "csat_mean": (None, "3724"),
        "frt": (None, "5000"),
    },
    ("omnichannel_sentiment/Call_Center.csv", "omnichannel_sentiment"): {
        "handled": ("4054", None),
        "answer_rate": ("4054", "5000"),
        "csat_mean": (None, "4054"),
        "asa": (None, "4054"),
        "empathy": (None, "5000"),
    },
    ("intervals_by_rep/Call Center Data.csv", "intervals_by_rep"): {
        "answer_rate": ("221234", "248373"),
        "abandon_rate": (str(248373 - 221234), "248373"),
    },
    ("zendesk_tables/ticket_data.csv", "zendesk_tables"): {"handled": ("8", None)},
    ("zendesk_tables/ticket_data.csv", "zendesk-tables"): {
        "handled": ("8", None),
        "resolution_rate": ("8", "8"),
    },
    ("zendesk_api/tickets.json", "zendesk_api"): {"csat": ("1", "1")},
    ("zendesk_api/tickets.json", "zendesk"): {"csat": ("1", "1"), "handled": ("1", None)},
    ("intercom_tables/conversation_history_data.csv", "intercom_tables"): {"handled": ("2", None)},
    ("intercom_tables/conversation_history_data.csv", "intercom-tables"): {"handled": ("2", None)},
}


@pytest.mark.django_db
@pytest.mark.parametrize(("place", "expected"), OTHERS.items(), ids=lambda each: str(each)[:60])
def test_other_real_files_give_what_their_descriptions_say(
    place: tuple[str, str], expected: dict[str, tuple[str | None, str | None]]
) -> None:
    path, mapping = DATA / place[0], MAPPINGS / f"{place[1]}.toml"
    skip_if_absent(path.parent.name)
    imported(path, mapping if mapping.exists() else place[1], "real")
    out = StringIO()
    call_command("kpis", by="company", period="all", format="csv", stdout=out)
    found = {row["metric"]: row for row in csv.DictReader(StringIO(out.getvalue()))}
    for metric, (numerator, denominator) in expected.items():
        if numerator is not None:
            assert found[metric]["numerator"] == numerator, metric
        if denominator is not None:
            assert found[metric]["denominator"] == denominator, metric


@pytest.mark.django_db
def test_averages_of_summed_rows_are_weighted() -> None:
    skip_if_absent("intervals_by_rep")
    path = DATA / "intervals_by_rep" / "Call Center Data.csv"
    imported(path, MAPPINGS / "intervals_by_rep.toml", "summed")
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    for metric, column in (("asa", "Answer Speed (AVG)"), ("aht", "Talk Duration (AVG)")):
        out = StringIO()
        call_command("kpis", by="agent", period="all", metric=metric, format="csv", stdout=out)
        for figure in csv.DictReader(StringIO(out.getvalue())):
            own = [row for row in rows if row["Sales Rep"] == figure["key"]]
            total = sum(seconds(row[column]) * int(row["Answered Calls"]) for row in own)
            assert Decimal(figure["numerator"]) == total
            assert int(figure["denominator"]) == sum(int(row["Answered Calls"]) for row in own)


def seconds(text: str) -> int:
    """HH:MM:SS in seconds."""
    hours, minutes, rest = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + rest


@pytest.mark.django_db
def test_the_warehouses_users_are_matched_with_its_tickets() -> None:
    skip_if_absent("zendesk_tables")
    imported(DATA / "zendesk_tables" / "user_data.csv", "zendesk-table-users", "zendesk")
    assert Person.objects.filter(key="1111", display_name="Arthur Agent").exists()
    assert not Person.objects.filter(key="2222").exists()
