"""Managers write KPIs and measures in the browser, with or without JavaScript."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from scoring.explorer import retiring as own_kpis
from scoring.figures.uses import Uses
from scoring.models import AgentDay, CustomMeasure, Kpi
from tests.org.cast import Cast

RANGE = "window=range&start=2026-11-01&end=2026-11-30"


def _get(client: Client, cast: Cast, name: str, address: str) -> Any:
    client.force_login(cast.fresh(name))
    return client.get(address)


KPI = {
    "key": "refund_share",
    "name_en": "Refund share",
    "name_zh": "退款占比",
    "group": "commercial",
    "level": "agent",
    "numerator": "refunds",
    "denominator": "handled",
    "unit": "%",
    "direction": "lower",
    "target": "2.5",
}


def test_a_manager_writes_a_kpi(client: Client, worked: Cast, refunds: CustomMeasure) -> None:
    client.force_login(worked.fresh("manager"))
    answer = client.post(reverse("scoring:kpi_new"), KPI)
    assert answer.status_code == 302
    kpi = Kpi.objects.get(key="refund_share")
    assert (kpi.target, kpi.shipped, kpi.name_zh) == (Decimal("2.5"), False, "退款占比")
    answer = client.post(
        reverse("scoring:kpi_edit", args=["refund_share"]), KPI | {"key": "other", "target": "3"}
    )
    assert Kpi.objects.get(key="refund_share").target == 3


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"key": "csat"}, "already exists"),
        ({"key": "Refund share"}, "small letters, digits"),
        ({"key": "new"}, "choose another one"),
        ({"numerator": "refunds +"}, "ends too early"),
        ({"numerator": "refund"}, "Did you mean refunds?"),
        ({"denominator": "handled / 2"}, "is not understood"),
        ({"denominator": ""}, "needs a denominator"),
        ({"direction": "band"}, "needs both limits"),
        ({"low": "9", "high": "3"}, "swap them"),
        ({"direction": "band", "low": "3", "high": "9", "target": "1"}, "outside the band"),
        ({"target": "1e400"}, "digits"),
    ],
)
def test_a_bad_kpi_comes_back_with_a_clear_error(
    client: Client, worked: Cast, refunds: CustomMeasure, change: dict[str, str], part: str
) -> None:
    client.force_login(worked.fresh("manager"))
    answer = client.post(reverse("scoring:kpi_new"), KPI | change)
    assert answer.status_code == 422
    errors = " ".join(str(each) for each in answer.context["form"].errors.values())
    assert part in errors
    assert not Kpi.objects.filter(key="refund_share").exists()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Refunds per day!", "refunds_per_day"),
        ("CSAT", "csat_2"),
        ("24 hours solved", "hours_solved"),
        ("New", "new_2"),
    ],
)
def test_a_key_is_made_from_the_name(
    client: Client, worked: Cast, refunds: CustomMeasure, name: str, key: str
) -> None:
    client.force_login(worked.fresh("manager"))
    client.post(reverse("scoring:kpi_new"), KPI | {"key": "", "name_en": name})
    assert Kpi.objects.get(shipped=False).key == key


def test_a_name_without_letters_asks_for_a_key(
    client: Client, worked: Cast, refunds: CustomMeasure
) -> None:
    client.force_login(worked.fresh("manager"))
    answer = client.post(reverse("scoring:kpi_new"), KPI | {"key": "", "name_en": "退款"})
    assert answer.context["form"].errors == {"key": ["Write a key, such as fcr_phone."]}


def test_a_preview_shows_the_value_and_saves_nothing(client: Client, worked: Cast) -> None:
    client.force_login(worked.fresh("manager"))
    half = {"numerator": "csat_satisfied", "denominator": "csat_count", "unit": "%", "preview": "1"}
    answer = client.post(reverse("scoring:kpi_new"), half, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.context["preview"].value == 60
    assert "This field is required" not in answer.content.decode()
    assert not Kpi.objects.filter(shipped=False).exists()
    wrong = client.post(reverse("scoring:kpi_new"), half | {"numerator": "csat_sat"})
    assert re.search(r"Did you mean [^?]*csat_satisfied", wrong.content.decode())


MEASURE: dict[str, Any] = {
    "key": "kettles",
    "name_en": "Kettles",
    "unit": "count",
    "measure": "count",
    "field": ["extra.product", "difficulty"],
    "op": ["in", ">="],
    "value": ["kettle，toaster", "3"],
    "save": "1",
}


def sent(measure: dict[str, Any]) -> dict[str, Any]:
    """As a browser sends it: each condition's parts under its number."""
    parts = {name: measure[name] for name in ("field", "op", "value")}
    rows = {f"condition-{at}-{n}": text for n in parts for at, text in enumerate(parts[n])}
    return {name: value for name, value in measure.items() if name not in parts} | rows


@pytest.mark.django_db(transaction=True)
def test_a_manager_writes_a_measure_and_its_past_is_filled_in(client: Client, worked: Cast) -> None:
    client.force_login(worked.fresh("manager"))
    answer = client.post(reverse("scoring:measure_new"), sent(MEASURE))
    assert answer.status_code == 302
    stored = CustomMeasure.objects.get(key="kettles")
    assert stored.definition == {
        "all": [
            {"field": "extra.product", "op": "in", "value": ["kettle", "toaster"]},
            {"field": "difficulty", "op": ">=", "value": "3"},
        ],
        "measure": "count",
    }
    assert AgentDay.objects.get(agent=worked.agent).custom == {"kettles": 2}
    again = client.get(reverse("scoring:measure_edit", args=["kettles"]))
    assert [row["value"].value() for row in again.context["form"].rows] == ["kettle, toaster", "3"]
    assert again.context["preview"].matched == 2


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"key": "handled"}, "measure of the product"),
        ({"key": "9lives"}, "small letters, digits"),
        ({"measure": "sum"}, "Choose the field to add up"),
        ({"measure": "sum", "of": "status"}, "is no number"),
        ({"field": ["no_such", "difficulty"]}, "no ticket field “no_such”"),
        ({"op": ["in", ">"], "value": ["kettle", "many"]}, "write a number"),
        ({"value": ["", "3"]}, "needs a value"),
        ({"field": ["", "difficulty"]}, "Choose a field"),
    ],
)
def test_a_bad_measure_comes_back_with_its_mistakes_marked(
    client: Client, worked: Cast, change: dict[str, Any], part: str
) -> None:
    client.force_login(worked.fresh("manager"))
    answer = client.post(reverse("scoring:measure_new"), sent(MEASURE | change))
    assert answer.status_code == 422
    assert part in answer.content.decode().replace("&quot;", '"')
    assert not CustomMeasure.objects.exists()


def test_conditions_are_added_and_removed_without_javascript(client: Client, worked: Cast) -> None:
    client.force_login(worked.fresh("manager"))
    base = {name: value for name, value in MEASURE.items() if name not in ("save", "name_en")}
    added = client.post(reverse("scoring:measure_new"), sent(base | {"add_row": "1"}))
    assert added.status_code == 200
    assert [row["field"].value() or "" for row in added.context["form"].rows] == [
        "extra.product",
        "difficulty",
        "",
    ]
    assert "This field is required" not in added.content.decode()
    assert added.context["preview"].matched == 2
    removed = client.post(reverse("scoring:measure_new"), sent(base | {"drop_row": "0"}))
    assert [row["field"].value() for row in removed.context["form"].rows] == ["difficulty"]
    assert "Counts tickets where difficulty (1–5) is at least 3." in removed.content.decode()
    assert not CustomMeasure.objects.exists()


def test_what_is_used_is_archived_instead_of_deleted(
    client: Client, worked: Cast, refunds: CustomMeasure, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(worked.fresh("manager"))
    client.post(reverse("scoring:kpi_new"), KPI)
    answer = client.post(
        reverse("scoring:measure_remove", args=["refunds"]), {"action": "delete"}, follow=True
    )
    assert "is used by the KPI “Refund share”: archive it" in answer.content.decode()
    client.post(reverse("scoring:measure_remove", args=["refunds"]), {"action": "archive"})
    refunds.refresh_from_db()
    assert refunds.archived
    remove = reverse("scoring:kpi_remove", args=["refund_share"])
    with monkeypatch.context() as patched:
        uses = Uses(of_kpi=lambda key: [f"the scorecard of {key}"])
        patched.setattr(own_kpis, "declared", lambda _kind: (uses,))
        answer = client.post(remove, {"action": "delete"}, follow=True)
        assert "is used by the scorecard of refund_share" in answer.content.decode()
    client.post(remove, {"action": "archive"})
    assert Kpi.objects.get(key="refund_share").archived
    assert client.get(f"/kpis/?kpi=refund_share&{RANGE}").context["form"].mistakes
    client.post(remove, {"action": "restore"})
    assert not Kpi.objects.get(key="refund_share").archived
    client.post(remove, {"action": "delete"})
    assert not Kpi.objects.filter(key="refund_share").exists()
    client.post(reverse("scoring:measure_remove", args=["refunds"]), {"action": "delete"})
    assert not CustomMeasure.objects.exists()


def test_shipped_kpis_are_never_deleted(client: Client, worked: Cast) -> None:
    client.force_login(worked.fresh("manager"))
    remove = reverse("scoring:kpi_remove", args=["csat"])
    answer = client.post(remove, {"action": "delete"}, follow=True)
    assert "ships with the product" in answer.content.decode()
    assert Kpi.objects.filter(key="csat").exists()


def test_archived_kpis_are_for_editors_only(client: Client, worked: Cast) -> None:
    Kpi.objects.filter(key="csat").update(archived=True)
    address = reverse("scoring:kpi", args=["csat"])
    assert _get(client, worked, "agent", address).status_code == 404
    assert _get(client, worked, "manager", address).status_code == 200
