"""Capabilities: one made of nothing but its folder appears everywhere; odd declarations are refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib import reload
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import Client
from django.urls import clear_url_caches
from django.utils import translation

from dashboards.navigation import navigation
from dashboards.wallboard import scenes
from incentives import capabilities, capability_checks, nightly, urls
from incentives.capabilities import AuditCheck, Capability, DemoStep, NightStep, declared
from incentives.org.models import Notice
from incentives.org.notices import GROUPS, NoticeKind, kind_of
from scoring.audit.running import audit, checks
from scoring.explain import explain
from scoring.models import PointEntry
from scoring.models.kinds import LedgerKind
from scoring.points.words import cause
from tests.org.cast import Cast
from tests.throwaway import thanks


@pytest.fixture
def _listed(settings: Any) -> Iterator[None]:
    """The line that lists it, as an installation has it in its settings."""
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "tests.throwaway"]
    settings.CAPABILITIES = [*settings.CAPABILITIES, "tests.throwaway"]
    reload(urls)
    clear_url_caches()
    yield
    settings.CAPABILITIES = settings.CAPABILITIES[:-1]
    reload(urls)
    clear_url_caches()


@pytest.fixture
def thanked(cast: Cast, _listed: None) -> PointEntry:
    today = cast.supervisor.company_today
    reason = "You stayed with the angry customer."
    return thanks.thank(agent=cast.agent, by=cast.supervisor, on=today, reason=reason)


def test_what_is_one_folder_appears_everywhere(
    cast: Cast, thanked: PointEntry, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    agent = cast.fresh("agent")
    assert "/thanks/" in {link.url for link in navigation(agent, path="/").links}
    client.force_login(agent)
    assert client.get("/thanks/").content == b"Thanks"
    home = client.get("/").content.decode()
    assert "You stayed with the angry customer." in home

    notice = Notice.objects.get(person=agent, kind="thanked")
    assert kind_of(notice).text(notice.data) == f"{cast.supervisor.display_name} thanks you"

    story = explain(agent=agent, day=thanked.occurred_on)
    assert [cause(each) for each in story.others] == ["Thanks from a colleague"]
    assert story.points == 5

    assert ("thanks", "Thanks") in scenes.choices(None)
    screen: Any = SimpleNamespace(scenes=["thanks"], team=None)
    (scene,) = scenes.scenes_of(screen, on=thanked.occurred_on)
    assert (scene.template, scene.shows) == ("throwaway/wall.html", 1)

    assert "thanks" in [str(part.label) for part in declared(DemoStep)]

    with django_capture_on_commit_callbacks(execute=True):
        reason, later = "You helped a newcomer all day.", thanked.occurred_on + timedelta(days=1)
        thanks.thank(agent=agent, by=cast.supervisor, on=later, reason=reason)
    assert "<q>You helped a newcomer all day.</q>" in client.get("/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_its_step_runs_in_the_night_and_its_check_in_the_audit(
    cast: Cast, thanked: PointEntry
) -> None:
    out = StringIO()
    call_command("nightly", stdout=out)
    assert "1 thanks" in out.getvalue()
    names = [step.name for step in nightly.steps()]
    assert names.index("goals") < names.index("thanks") < names.index("seasons")
    findings = {each.check.name: each.differences for each in audit(checks(), wait_seconds=5)}
    assert findings["thanks"] == findings["decisions"] == []


def test_without_its_declaration_its_entries_are_forged_and_its_notices_of_the_past(
    cast: Cast, thanked: PointEntry, settings: Any
) -> None:
    settings.CAPABILITIES = settings.CAPABILITIES[:-1]
    (finding,) = audit(checks(["decisions"]), wait_seconds=0)
    assert [each.stored for each in finding.differences] == ["5"]
    assert thanked.get_kind_display() == "thanks"
    notice = Notice.objects.get(kind="thanked")
    assert "no longer part" in kind_of(notice).text(notice.data)
    settings.CAPABILITIES = [*settings.CAPABILITIES, "tests.throwaway"]


def test_the_night_is_drawn_as_it_is_declared() -> None:
    """The drawing in `incentives.nightly` names each step, in order, with what it waits for."""
    drawn = [
        line.split()
        for line in (nightly.__doc__ or "").splitlines()
        if line.startswith(" " * 8) and line.split()[0] in {step.name for step in nightly.steps()}
    ]
    assert [words[0] for words in drawn] == [step.name for step in nightly.steps()]
    for words, step in zip(drawn, nightly.steps(), strict=True):
        if step.after:
            assert " ".join(words[1:]) == ", ".join(step.after)


def test_every_notice_has_words_in_both_languages() -> None:
    for kind in declared(NoticeKind):
        assert kind.group in GROUPS, kind.name
        said = {}
        for language in ("en", "zh-hans"):
            with translation.override(language):
                said[language] = kind.text(DATA)
        assert said["en"] != said["zh-hans"], kind.name
        assert any("\u4e00" <= letter <= "\u9fff" for letter in said["zh-hans"]), kind.name


def test_every_kind_of_the_ledger_is_named_and_explained_in_both_languages() -> None:
    for kind in declared(LedgerKind):
        assert kind.behind.strip(), kind.name
        entry = PointEntry(kind=kind.name, amount=5, cause={}, reason="")
        said = set()
        for language in ("en", "zh-hans"):
            with translation.override(language):
                said |= {cause(entry), entry.get_kind_display()}
        assert len(said) >= 2, kind.name
        assert kind.name not in said


#: What notices of whatever kind have in their data.
DATA: dict[str, Any] = {
    **dict.fromkeys(
        ("name", "reason", "title", "id", "by", "source", "badge", "quest", "set"), "x"
    ),
    **dict.fromkeys(("name_en", "phase_en", "en"), "it"),
    **dict.fromkeys(("name_zh", "phase_zh", "zh"), "它"),
    **dict.fromkeys(("day", "due", "first", "last", "until", "starts_on", "ends_on"), "2026-03-02"),
    **dict.fromkeys(("many", "points", "agents", "level", "wrong", "people", "health", "n"), 2),
    "said": {"en": "it", "zh-hans": "它"},
    "tier": "gold",
    "about": "ticket",
    "granted": True,
    "quests": [{"en": "it", "zh": "它", "share": 500_000}],
}


# ---- what manage.py check refuses


def _declaring(monkeypatch: pytest.MonkeyPatch, settings: Any, *parts: object) -> None:
    """As if another package, `more.things`, had declared these parts."""
    extra = Capability("things", parts=parts)
    everything = (*capabilities.capabilities(), extra)
    settings.CAPABILITIES = [*settings.CAPABILITIES, "more.things"]
    monkeypatch.setattr(capability_checks, "capabilities", lambda: everything)


def _step(name: str, *after: str, place: int = 500) -> NightStep:
    return NightStep(name, place, "", lambda _changes: capabilities.StepResult(""), after=after)


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        (_step("points"), "NightStep “points” stands in scoring/points/capability.py already"),
        (_step("more", "nobody"), "waits for “nobody”, which no capability declares"),
        (_step("more", "news", place=1), "waits for “news”, which has a later place"),
        (NoticeKind("more", "nowhere", "", str), "are of the group “nowhere”"),
        (NoticeKind("points_given", "tasks", "", str), "NoticeKind “points_given” stands in"),
        (AuditCheck("points", "", lambda _cursor: []), "AuditCheck “points” stands in"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_file(
    monkeypatch: pytest.MonkeyPatch, settings: Any, part: object, sentence: str
) -> None:
    _declaring(monkeypatch, settings, part)
    problems = [each.msg for each in capability_checks.check_capabilities()]
    assert problems[0].startswith("more/things/capability.py: ")
    assert any(sentence in each for each in problems)


def test_a_table_in_no_layer_is_refused_with_its_file(settings: Any) -> None:
    settings.CAPABILITIES = [each for each in settings.CAPABILITIES if each != "badges.battles"]
    problems = [each.msg for each in capability_checks.check_capabilities()]
    assert any(
        each.startswith("badges/battles/models/battles.py: the table of Battle")
        for each in problems
    )


@pytest.mark.parametrize("package", ["nowhere.at_all", "tests.platform"])
def test_a_package_that_declares_nothing_is_named(settings: Any, package: str) -> None:
    settings.CAPABILITIES = [package]
    with pytest.raises(ImproperlyConfigured, match=f"{package.replace('.', '/')}/capability.py"):
        capabilities.capabilities()


def test_what_ships_fits() -> None:
    assert capability_checks.check_capabilities() == []
