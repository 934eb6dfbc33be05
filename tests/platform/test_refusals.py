"""403, 404, 500 and forms that come too late: each has an answer that a person can use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from incentives.org.refusals import Refused, reasons
from scoring.models import PointRule
from tests.markup import tight
from tests.org.cast import Cast
from tests.scoring.test_point_rules import FORM

DAY = date(2024, 3, 4)
HERE = {"Sec-Fetch-Site": "same-origin", "Referer": "http://testserver/points/award/"}


@pytest.fixture
def late(cast: Cast) -> Client:
    """A supervisor whose page has no valid token any more."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.supervisor)
    return client


def test_a_late_form_is_shown_again_with_all_that_was_written(late: Client) -> None:
    written = {"reason": "Helped <a lot>", "agent": ["1", "2"]}
    answer = late.post("/points/award/", written, headers=HERE)
    page = tight(answer.content.decode())
    assert answer.status_code == 403
    assert 'action="/points/award/"' in page
    assert 'name="reason" value="Helped &lt;a lot&gt;"' in page
    assert page.count('name="agent"') == 2
    assert 'name="csrfmiddlewaretoken"' in page


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Referer": "http://testserver/"},
        {"Origin": "https://elsewhere.example"},
        {"Referer": "https://elsewhere.example/testserver"},
        {},
    ],
)
def test_what_a_strange_page_sent_is_not_offered_for_sending(
    late: Client, headers: dict[str, str]
) -> None:
    answer = late.post("/points/award/", {"reason": "Not mine"}, headers=headers)
    assert answer.status_code == 403
    assert "Not mine" not in answer.content.decode()
    assert "X-New-Token" not in answer


def test_a_late_password_is_never_written_into_a_page(late: Client) -> None:
    fields = {"login": "supervisor", "password": "Str0ng and long"}
    page = late.post("/accounts/login/", fields, headers=HERE).content.decode()
    assert "Str0ng" not in page
    assert 'value="supervisor"' not in page


def test_an_htmx_request_gets_a_fresh_token_that_works(late: Client) -> None:
    htmx = {**HERE, "HX-Request": "true"}
    token = late.post("/notices/celebrated/", headers=htmx)["X-New-Token"]
    answer = late.post("/notices/celebrated/", headers={**htmx, "X-CSRFToken": token})
    assert answer.status_code == 204


def test_signing_in_again_leads_to_the_page_with_the_form(cast: Cast, client: Client) -> None:
    form = {"Referer": "http://testserver/goals/3/?show=all"}
    answer = client.post("/goals/3/acknowledge/", headers=form)
    assert answer["Location"] == "/accounts/login/?next=%2Fgoals%2F3%2F%3Fshow%3Dall"
    strange = {"Referer": "https://elsewhere.example/trap/"}
    answer = client.post("/goals/3/acknowledge/", headers=strange)
    assert answer["Location"] == "/accounts/login/?next=/goals/3/acknowledge/"


def test_a_page_that_does_not_exist_keeps_the_navigation(cast: Cast, client: Client) -> None:
    visitor = client.get("/nowhere/")
    assert (visitor.status_code, b'class="tabbar"' in visitor.content) == (404, False)
    client.force_login(cast.agent)
    own = client.get("/nowhere/")
    assert (own.status_code, b'class="tabbar"' in own.content) == (404, True)


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def gone(*_arguments: object) -> None:
        raise DatabaseError("the database is gone")

    with connection.execute_wrapper(gone):
        yield


def test_without_a_database_there_is_still_an_answer_in_words(
    cast: Cast, no_database: None
) -> None:
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "x" * 32
    answer = client.get("/", headers={"Accept-Language": "en"})
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()


def test_a_rule_that_is_refused_in_a_race_is_a_form_with_the_reason(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the form's look and the saving someone else published, or took the key."""
    client.force_login(cast.manager)

    def refuse(**_how: object) -> None:
        raise Refused({"starts_on": ["Version 2 holds from then."]})

    with monkeypatch.context() as race:
        race.setattr("scoring.points.rules.publish", refuse)
        answer = client.post("/points/rules/new/", {**FORM, "publish": "1"})
    assert answer.status_code == 422
    assert "Version 2 holds from then." in answer.content.decode()
    # Not even the draft is kept.
    assert not PointRule.objects.filter(key="calls").exists()
    monkeypatch.setattr("scoring.points.forms.RuleForm.clean_key", lambda form: "hard_case")
    answer = client.post("/points/rules/new/", FORM)
    assert answer.status_code == 422
    assert "at the same moment" in answer.content.decode()


def test_a_button_that_comes_too_late_is_told_on_the_next_page(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was done before the collision is undone with it."""
    client.force_login(cast.manager)
    client.post("/points/rules/new/", FORM)
    draft = PointRule.objects.get(key="calls")

    def collide(*, rule: PointRule, by: object) -> None:
        PointRule.objects.filter(pk=rule.pk).update(amount=99)
        PointRule.objects.create(
            key=rule.key, version=1, per="unit", expression="handled", amount=1, starts_on=DAY
        )

    monkeypatch.setattr("scoring.points.rules.publish", collide)
    answer = client.post(f"/points/rules/{draft.pk}/publish/", follow=True)
    assert answer.redirect_chain == [(f"/points/rules/{draft.pk}/", 302)]
    assert "at the same moment" in answer.content.decode()
    amount = draft.amount
    draft.refresh_from_db()
    assert draft.amount == amount


def test_a_refusal_of_several_fields_is_one_text_and_a_list() -> None:
    refused = Refused({"on": ["Too early."], "reason": ["Say why.", "In a sentence."]})
    assert str(refused) == "Too early. Say why. In a sentence."
    assert Refused("No.").by_field == Refused(["No."]).by_field == {"__all__": ["No."]}
    assert refused.messages == ["Too early.", "Say why.", "In a sentence."]


def test_a_refusal_that_no_view_takes_is_a_page_in_words(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_how: object) -> None:
        raise Refused({"unit": ["The scorecard would not fit any more."]})

    monkeypatch.setattr("scoring.explorer.views.catalogue.apply_to_the_past", refuse)
    client.force_login(cast.manager)
    answer = client.post("/kpis/catalogue/csat/past/")
    assert answer.status_code == 409
    assert "The scorecard would not fit any more." in answer.content.decode()


def test_faults_are_no_refusals() -> None:
    assert not reasons(ValueError("a fault"))
    assert not reasons(DatabaseError("the database is gone"))
