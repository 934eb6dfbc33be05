"""Sample content for the page of components; nothing here is read from the database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _

from dashboards import samples_charts, samples_play
from dashboards.homes.tiles import Tile
from incentives.org import notation
from incentives.org.models import Person
from scoring.figures.display import Change, Verdict
from scoring.models import ImportIssue, Kpi


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Name"), help_text=_("As it appears in exports."), max_length=20)
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[("phone", _("Phone")), ("chat", _("Chat"))]
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea({"rows": 3}))
    active = forms.BooleanField(label=_("In use"), required=False)
    unit = forms.ChoiceField(
        label=_("Unit"),
        widget=forms.RadioSelect,
        choices=[("%", _("percent")), ("seconds", _("seconds"))],
    )


class SampleUpload(forms.Form):
    """The file drop."""

    file = forms.FileField(
        label=_("Export file"),
        help_text=_("CSV, Excel, JSON or Parquet, also gzipped. Choose a file, or drop it here."),
    )


class SampleFilter(forms.Form):
    """A filter bar."""

    period = forms.ChoiceField(
        label=_("Period"), required=False, choices=[("week", _("Week")), ("month", _("Month"))]
    )
    text = forms.CharField(label=_("Name"), required=False)


SECTIONS = [
    ("colours", _("Colours and type")),
    ("buttons", _("Buttons, chips, people")),
    ("empty", _("Nothing here yet, and still loading")),
    ("messages", _("Messages and dialogs")),
    ("icons", _("Icons")),
    ("scores", _("Scores")),
    ("tiles", _("KPI tiles, trends, bars")),
    ("charts", _("Chart")),
    ("ranks", _("Places and movement")),
    ("numbers", _("Numbers, dates, durations, money")),
    ("medals", _("Medals")),
    ("levels", _("Levels and coins")),
    ("quests", _("Quests")),
    ("bosses", _("Boss battles")),
    ("kudos", _("Kudos")),
    ("tables", _("Filters, tables, pages")),
    ("steps", _("Steps, tabs, times")),
    ("forms", _("Forms")),
    ("decisions", _("Side by side, and signed off")),
]
COLOURS = [
    *("paper", "sheet", "well", "line", "line-strong", "ink", "ink-soft"),
    *("ember", "ember-bright", "ember-soft", "jade", "jade-soft", "honey", "honey-soft"),
    *("sky", "sky-soft", "plum", "plum-soft", "gold", "silver", "bronze"),
]
ICON_SHEET = Path(settings.BASE_DIR) / "static" / "svg" / "icons.svg"


def icons() -> list[str]:
    """The names of all icons, read from the sheet itself."""
    return re.findall(r'<symbol id="([\w-]+)"', ICON_SHEET.read_text(encoding="utf-8"))


def context(state: Mapping[str, str]) -> dict[str, Any]:
    """What the page shows; the filter bar keeps its state in the address."""
    invalid = SampleForm({"name": "a name that is far too long", "unit": "%"})
    return {
        "tiles": _tiles(),
        "changes": [
            Change("better", "▲ +3.2 points"),
            Change("worse", "▼ −1.1 points"),
            Change("same", "="),
        ],
        "filter": SampleFilter(state or None),
        "form": invalid,
        "upload": SampleUpload(),
        "steps": [_("File"), _("Columns"), _("Check"), _("Done")],
        "issues": _issues(),
        "people": [Person(display_name=name) for name in ("Li Wei", "王小敏", "Ana Costa")],
        "tabs": [
            SimpleNamespace(label=_("Overview"), url="?tab=overview", current=True),
            SimpleNamespace(label=_("Days"), url="?tab=days", current=False),
        ],
        "items": [(_("Team"), "Phone East"), (_("Hired on"), "2024-03-01")],
        "page": Paginator(range(134), 50).get_page(2),
        "events": _events(),
        "crumbs": [(_("KPIs"), "#"), ("Li Wei", "#"), ("2026-11-20", "")],
        "charts": samples_charts.charts(),
        "icons": icons(),
        "sections": SECTIONS,
        "colours": COLOURS,
        "notations": _notations(),
        **samples_play.context(),
    }


def _notations() -> list[tuple[Any, str]]:
    """The same figures in the reader's own notation."""
    amount, first, last = Decimal("-1250.5"), date(2026, 11, 16), date(2026, 11, 22)
    return [
        (_("Number"), notation.number(Decimal("1234567.5"), 1)),
        (_("Share"), notation.percent(Decimal("91.84"))),
        (_("Money of the company"), notation.money(-amount)),
        (
            _("Money in yuan, yen, euros"),
            " · ".join(notation.money(amount, each) for each in ("CNY", "JPY", "EUR")),
        ),
        (
            _("Durations"),
            " · ".join(notation.duration(each) for each in (Decimal("4.2"), 34, 245, 7500)),
        ),
        (_("Time left"), " · ".join(map(notation.time_left, (200_000, 18_600, 240)))),
        (_("Days"), " · ".join((notation.day(first), notation.days(first, last)))),
        (_("Day with its weekday"), notation.said(last, "yMMMMEEEEd")),
    ]


def _tiles() -> list[Tile]:
    rising = [Decimal(n) for n in (86, 87, 85, 88, 90, 89, 91, 92)]
    falling = [Decimal(n) for n in (29, 30, 28, 31, 33, 32, 35, 34)]
    return [
        _tile(
            "Customer satisfaction",
            "91.8 %",
            rising,
            90,
            Verdict("good", "on target"),
            "▲ +3.2 points",
        ),
        _tile("Mean first response time", "34 s", falling, 28, Verdict("care", "above target"), ""),
        _tile("Tickets handled", "1,284", rising, None, None, "▲ +112"),
    ]


def _tile(
    name: str,
    text: str,
    recent: list[Decimal],
    target: int | None,
    verdict: Verdict | None,
    change: str,
) -> Tile:
    return Tile(
        Kpi(),
        name,
        text,
        verdict,
        change=Change("better", change) if change else Change("worse", "▲ +2 s"),
        references=[(str(_("Target")), str(target)), (str(_("Your team")), "90.1 %")]
        if target
        else [],
        recent=[*recent],
        recent_label=name,
        target=None if target is None else Decimal(target),
        url="#",
    )


def _issues() -> list[ImportIssue]:
    return [
        ImportIssue(line=14, column="rating", value="11", code="outside_scale"),
        ImportIssue(
            line=208, column="closed", value="31.02.2026", code="not_a_time", whole_row=True
        ),
    ]


def _events() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(when=_("since March 2026"), iso="2026-03-01", text="Phone East", now=True),
        SimpleNamespace(when="2024–2026", iso="2024-03-01", text="Chat North", now=False),
    ]
