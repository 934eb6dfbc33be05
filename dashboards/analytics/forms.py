"""What the pages of analytics are asked for; every part stands in the address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scoring.explorer.forms.kpis import ExplorerForm

SCORE = "score"


class AnalyticsForm(ExplorerForm):
    """The explorer's KPI, days, team and channel; the score stands among the KPIs."""

    def __init__(self, data: dict[str, Any], **options: Any) -> None:
        super().__init__(data, **options)
        for name in ("level", "q"):
            self.fields.pop(name, None)
        offered = cast(forms.ChoiceField, self.fields["kpi"])
        offered.choices = [(SCORE, _("Score")), *cast("list[Any]", offered.choices)]
        self.order_fields(["window", "start", "end", "team", "channel", "kpi"])


class MonthForm(forms.Form):
    """The month whose scores are drawn; the latest one when the address names none that is known."""

    month = forms.ChoiceField(label=gettext_lazy("Month"), required=False)

    def __init__(self, asked: str, *, known: Sequence[date]) -> None:
        """`known` are the first days of months with scores, the latest first; never empty."""
        named = {each.strftime("%Y-%m"): each for each in known}
        self.chosen = named.get(asked, known[0])
        super().__init__({"month": self.chosen.strftime("%Y-%m")})
        cast(forms.ChoiceField, self.fields["month"]).choices = [
            (key, date_format(each, "YEAR_MONTH_FORMAT")) for key, each in named.items()
        ]
