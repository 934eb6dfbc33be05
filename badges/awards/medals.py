"""How badges and awards are drawn: medals for `components/medal.html`, and evidence in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from badges.awards.models.awards import Award
from badges.awards.models.badges import Badge
from incentives.org.notation import day as day_text
from incentives.org.notation import days
from incentives.org.wording import in_readers_language, reads_chinese
from scoring.criteria import CriteriaError, load_criteria, sentence
from scoring.figures.display import amount, limit, shown
from scoring.figures.expressions import ExpressionError
from scoring.figures.kpis import UnknownMetric
from scoring.figures.metrics import FORMULA, Metric, find_metrics

MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Medal:
    """A medal as the component draws it; `state` is won, locked, secret or expired."""

    name: str
    metal: str
    glyph: str
    group: str
    state: str = "won"
    progress: int | None = None
    note: str = ""
    url: str = ""


def medal(badge: Badge, *, metal: str = "gold", **more: Any) -> Medal:
    """A badge's medal; a secret one that is not won shows nothing of what it is."""
    if more.get("state") == "secret":
        return Medal("?", "", "question", "", **(more | {"url": "", "progress": None}))
    url = more.pop("url", None) or reverse("badges:badge", args=[badge.key])
    return Medal(badge.name, metal, badge.glyph, badge.group, url=url, **more)


def award_medal(award: Award, *, on: date, progress: int | None = None) -> Medal:
    """The medal of an award, which leads to the award itself."""
    held = award.is_held(on=on)
    return medal(
        award.badge,
        metal=award.tier,
        state="won" if held else "expired",
        note=award_note(award),
        progress=progress if held else None,
        url=reverse("badges:award", args=[award.public_id]),
    )


def award_note(award: Award) -> str:
    """When it was won, and until when it holds where it does not hold for good."""
    if award.expires_on is None:
        return day_text(award.awarded_on)
    return _("until %(day)s") % {"day": day_text(award.expires_on)}


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One figure that an award rests on; `url` leads to the day or the days it was counted in."""

    name: str
    value: str
    when: str
    asked: str
    url: str = ""


def evidence_lines(award: Award, *, linked: bool) -> list[EvidenceLine]:
    """The award's evidence in words; links only for readers who may see the figures behind it."""
    found = [each for each in award.evidence if each.get("metric")]
    metrics = known_metrics(str(each["metric"]) for each in found)
    person = award.person_id if linked else None
    return [_line(each, metrics, person) for each in found[:MOST_LINES]]


def known_metrics(keys: Iterable[str]) -> Mapping[str, Metric]:
    """The metrics of these keys; without those that do not exist any more."""
    wanted = list(dict.fromkeys(keys))
    try:
        return find_metrics(wanted)
    except (UnknownMetric, ExpressionError):
        return dict(pair for key in wanted for pair in _one_metric(key))


def _one_metric(key: str) -> list[tuple[str, Metric]]:
    try:
        return list(find_metrics([key]).items())
    except (UnknownMetric, ExpressionError):
        return []


def _line(
    each: Mapping[str, Any], metrics: Mapping[str, Metric], person: int | None
) -> EvidenceLine:
    key = str(each["metric"])
    metric = metrics.get(key)
    unit = metric.unit if metric else "count"
    first, last = _day(each.get("start")), _day(each.get("end"))
    return EvidenceLine(
        name=_name(key, metric),
        value=_value(each, unit) + _parts(each, unit),
        when=_when(first, last),
        asked=_asked(each, unit),
        url=_address(person, key, first, last),
    )


def _name(key: str, metric: Metric | None) -> str:
    if metric is None:
        return key.removeprefix(FORMULA)
    return in_readers_language(metric.name_en, metric.name_zh)


def _value(each: Mapping[str, Any], unit: str) -> str:
    value = _decimal(each.get("value"))
    # Points are counted, not measured; a net promoter score in points has decimals.
    if value is not None and unit == "points" and value == value.to_integral_value():
        return amount(value)
    return shown(value, unit)


def _parts(each: Mapping[str, Any], unit: str) -> str:
    """What a share is made of: “ (94 of 102)”."""
    n, d = _decimal(each.get("n")), _decimal(each.get("d"))
    if unit != "%" or n is None or not d:
        return ""
    return _(" (%(n)s of %(d)s)") % {"n": amount(n), "d": amount(d)}


def _when(first: date | None, last: date | None) -> str:
    if last is None:
        return ""
    if first is None or first.year <= 2000:
        return _("until %(day)s") % {"day": day_text(last)}
    return days(first, last)


def _asked(each: Mapping[str, Any], unit: str) -> str:
    asked = _decimal(each.get("threshold"))
    if asked is None:
        return ""
    if each.get("op") == "top":
        words = {"rank": each.get("rank"), "of": each.get("of"), "places": each.get("places")}
        if each.get("among") == "team":
            return (
                _("place %(rank)s of %(of)s in the team; asked for: the first %(places)s") % words
            )
        return _("place %(rank)s of %(of)s in the company; asked for: the first %(places)s") % words
    value = {"value": limit(asked, unit)}
    return {
        ">=": _("asked for: at least %(value)s"),
        "<=": _("asked for: at most %(value)s"),
        ">": _("asked for: more than %(value)s"),
        "<": _("asked for: less than %(value)s"),
        "!=": _("asked for: not %(value)s"),
    }.get(str(each.get("op")), _("asked for: %(value)s")) % value


def _address(person: int | None, key: str, first: date | None, last: date | None) -> str:
    """The explanation of a single day, or the KPI day by day over the evidence's days."""
    if person is None or last is None:
        return ""
    if first == last:
        return reverse("scoring:explain", kwargs={"pk": person, "day": last})
    if first is None or not key.isidentifier():
        address = reverse("scoring:explain", kwargs={"pk": person, "day": last})
        return f"{address}?period=month"
    days_shown = f"kpi={key}&window=range&start={first}&end={last}"
    return f"{reverse('scoring:kpi_agent', args=[person])}?{days_shown}"


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def _decimal(number: Any) -> Decimal | None:
    return None if number is None else Decimal(str(number))


def sentences(tiers: Sequence[Mapping[str, Any]], languages: Sequence[str]) -> list[dict[str, str]]:
    """Each tier's criteria in words, by language; empty for tiers that people grant.

    Three queries at most, however many tiers.
    """
    parsed = [_parsed(tier.get("criteria")) for tier in tiers]
    keys = [leaf.key for each in parsed if each for _path, leaf in each.leaves()]
    metrics = known_metrics(keys)
    return [_told(each, metrics, languages) for each in parsed]


def _parsed(criteria: Any) -> Any:
    try:
        return load_criteria(criteria) if criteria else None
    except CriteriaError:
        return None


def _told(criteria: Any, metrics: Mapping[str, Metric], languages: Sequence[str]) -> dict[str, str]:
    if criteria is None or any(leaf.key not in metrics for _path, leaf in criteria.leaves()):
        return {}
    return {
        language: sentence(criteria, "zh-hans" if language != "en" else "en", metrics=metrics)
        for language in languages
    }


def own_language() -> str:
    """The reader's language, as `sentences` takes it."""
    return "zh-Hans" if reads_chinese() else "en"
