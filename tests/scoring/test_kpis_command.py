"""`manage.py kpis`: what scripts depend on."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests.org.cast import Cast


def _run(*args: str) -> str:
    out = io.StringIO()
    call_command("kpis", *args, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_csv_is_what_scripts_expect(played: Cast) -> None:
    text = _run(
        *("--by", "agent", "--period", "week", "--metric", "handled,csat"), "--format", "csv"
    )
    assert text.splitlines() == [
        "period,key,name,metric,value,numerator,denominator",
        "2026-W45,agent,Agent,handled,12,12,",
        "2026-W45,agent,Agent,csat,80,8,10",
        "2026-W45,stranger,Stranger,handled,5,5,",
        "2026-W45,stranger,Stranger,csat,60,3,5",
    ]


def test_json_and_table_show_the_same_figures(played: Cast) -> None:
    options = ("--by", "team", "--period", "all", "--metric", "csat")
    rows = json.loads(_run(*options, "--format", "json"))
    assert {row["key"]: row["value"] for row in rows} == {"alpha": "80", "beta": "60", "": None}
    table = _run(*options).splitlines()
    assert table[0].split() == [
        "period",
        "key",
        "name",
        "metric",
        "value",
        "numerator",
        "denominator",
    ]
    assert "alpha" in table[1] or "alpha" in table[2]


def test_days_and_agent_restrict_the_command(played: Cast) -> None:
    options = ("--by", "agent", "--period", "day", "--metric", "csat", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(_run(*options, "--agent", "stranger"))))
    assert [row["key"] for row in rows] == ["stranger"]
    assert len(_run(*options, "--to", "2026-11-01").splitlines()) == 1
    assert len(_run(*options, "--from", "2026-11-02", "--to", "2026-11-02").splitlines()) == 3


def test_an_agents_other_key_is_understood(played: Cast) -> None:
    played.agent.aliases.create(source="old", key="A-17")
    text = _run("--by", "agent", "--period", "day", "--metric", "csat", "--agent", "A-17")
    assert "agent" in text
    assert "stranger" not in text


@pytest.fixture
def refusals(cast: Cast) -> dict[str, list[str]]:
    """A message for each way to ask for nothing, with the options that lead to it."""
    basic = ["--by", "agent", "--period", "day"]
    return {
        "There is no KPI “cast”": [*basic, "--metric", "cast"],
        "There is no agent “agnet”. Did you mean agent": [*basic, "--agent", "agnet"],
        "“3.11.2026” is not a day": [*basic, "--from", "3.11.2026"],
        "swap the two days": [*basic, "--from", "2026-11-02", "--to", "2026-11-01"],
        "several agents": [*basic, "--agent", "A-17"],
    }


def test_a_refusal_is_one_line_and_exit_code_2(cast: Cast, refusals: dict[str, list[str]]) -> None:
    cast.agent.aliases.create(source="old", key="A-17")
    cast.stranger.aliases.create(source="older", key="A-17")
    for message, options in refusals.items():
        with pytest.raises(CommandError) as caught:
            _run(*options)
        assert message in str(caught.value)
        assert "\n" not in str(caught.value)
        assert caught.value.returncode == 2
