"""The sentence builder: criteria as rows that a browser can send, inside any form.

A form embeds it with a few lines (docs/criteria.md shows them): a `CriteriaBuilder` beside the
Django form, and `components/criteria_builder.html` in its template. Groups inside groups, which
rows cannot show, are edited as JSON in the same place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from incentives.org.inputs import whole_number
from incentives.org.models import Person
from incentives.org.notation import languages
from scoring.criteria import (
    Criteria,
    CriteriaError,
    Criterion,
    load_criteria,
    parse_criteria,
    sentence,
)
from scoring.criteria import choices as criteria_choices
from scoring.criteria.compile import Subjects
from scoring.criteria.dry_run import DryRun, dry_run
from scoring.criteria.schema import MOST_CRITERIA, Path
from scoring.criteria.windows import window_data
from scoring.figures.kpis import plain
from scoring.figures.metrics import FORMULA, POINTS, SCORE

TOP = "top"
ROLLING = "rolling"
RANGE = "range"
# Only these come in a row; elsewhere the page does not show the number.
PERIODS = ("day", "week", "month", "quarter")


@dataclass(slots=True)
class CriterionRow:
    """One criterion as the browser sends it: every part a text."""

    what: str = ""
    op: str = ">="
    value: str = ""
    among: str = "company"
    window: str = "month"
    days: str = "28"
    start: str = ""
    end: str = ""
    least: str = ""
    streak: str = "1"

    @property
    def is_blank(self) -> bool:
        """Whether nobody has begun to fill it in."""
        return not self.what and not self.value

    def as_data(self) -> dict[str, Any]:
        """The criterion as data, still to be checked."""
        data: dict[str, Any] = {"window": self._window()}
        if self.what.startswith(FORMULA):
            data["measure"] = self.what.removeprefix(FORMULA)
        elif self.what.startswith(SCORE):
            data["score"] = self.what.removeprefix(SCORE)
        elif self.what.startswith(POINTS):
            data["points"] = self.what.removeprefix(POINTS)
        elif self.what:
            data["metric"] = self.what
        if self.op == TOP:
            data["percentile"] = {"top": self.value, "among": self.among}
        else:
            data |= {"op": self.op, **({"value": self.value} if self.value else {})}
        if self.least not in ("", "0"):
            data["least"] = self.least
        if self.window in PERIODS and self.streak not in ("", "1"):
            streak = whole_number(self.streak)
            data["streak"] = self.streak if streak is None else streak
        return data

    def _window(self) -> Any:
        if self.window == ROLLING:
            return {"rolling_days": self.days}
        if self.window == RANGE:
            return {"from": self.start, "to": self.end}
        period, _sign, tail = self.window.partition("-")
        back = whole_number(tail)
        return self.window if back is None else {"period": period, "back": back}


_PARTS = tuple(part.name for part in fields(CriterionRow))


class CriteriaBuilder:
    """The criteria part of a form. Not a Django form: it is read from the same request beside it.

    `data` is the request's POST, or None to show `criteria` (what is stored). With `required` an
    empty builder is an error, else it stands for no criteria. `by` is who is judged; without
    `scores` the lists offer none. `own_days` is for what counts over days of its own, such as a
    quest: its rows offer no windows and all have this one ("day", "week"), which the host replaces.
    After `is_valid()`, `criteria` holds the result (None for none). While `editing`, a button of
    the builder was pressed and the host shows its form again without saving.
    """

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        prefix: str = "criteria",
        criteria: Criteria | Mapping[str, Any] | None = None,
        by: Subjects = "agent",
        required: bool = True,
        scores: bool = True,
        own_days: str = "",
    ) -> None:
        self.prefix, self.by, self.required, self.scores = prefix, by, required, scores
        self.own_days = own_days
        self.is_bound = data is not None
        self.join = "all"
        self.text = ""
        self.rows = [self._blank()]
        self.editing = False
        if data is not None:
            self._read(data)
        elif criteria:
            stored = criteria if isinstance(criteria, Criteria) else load_criteria(criteria)
            self._show(stored)

    @property
    def as_text(self) -> bool:
        """Whether the criteria are edited as JSON."""
        return bool(self.text)

    def is_valid(self) -> bool:
        """Whether there are criteria that can be saved (or none, where none are needed)."""
        return not self.problems

    @property
    def criteria(self) -> Criteria | None:
        """The criteria, as far as they are right."""
        return self._parsed[0]

    @property
    def problems(self) -> dict[Path, list[str]]:
        """What is wrong, by the place of the criterion; () for the whole."""
        return self._parsed[1]

    @property
    def whole_problems(self) -> list[str]:
        """What is wrong beyond a single row."""
        if self.as_text:
            return CriteriaError(self.problems).messages
        return self.problems.get((), [])

    @property
    def numbered_rows(self) -> list[tuple[CriterionRow, list[str]]]:
        """Each row with what is wrong with it; nothing while it is being added."""
        shown = iter(range(len(self.rows)))
        found = []
        for row in self.rows:
            told = [] if row.is_blank else self.problems.get((next(shown),), [])
            found.append((row, told if self.is_bound else []))
        return found

    @cached_property
    def sentences(self) -> dict[str, str]:
        """The criteria in words, by language code, the reader's first; empty while something is wrong."""
        if self.criteria is None:
            return {}
        tags = {"en": "en", "zh-hans": "zh-Hans"}
        return {tags[each]: sentence(self.criteria, each) for each in languages()}

    def dry_run(self, viewer: Person) -> DryRun | None:
        """By how many of the people that the viewer sees the criteria are met now."""
        return dry_run(self.criteria, viewer=viewer, by=self.by) if self.criteria else None

    @cached_property
    def choices(self) -> criteria_choices.Choices:
        """What the rows' lists offer."""
        used = [row.what for row in self.rows]
        return criteria_choices.choices(self.by, used=used, scores=self.scores)

    def _read(self, data: QueryDict) -> None:
        self.by = "team" if data.get(f"{self.prefix}-by", self.by) == "team" else "agent"
        self.scores = self.scores and data.get(f"{self.prefix}-scores", "1") == "1"
        self.join = "any" if data.get(f"{self.prefix}-join") == "any" else "all"
        self.text = data.get(f"{self.prefix}-text", "").strip()
        lists = [data.getlist(f"{self.prefix}-{part}") for part in _PARTS]
        sent = [CriterionRow(*(text.strip() for text in row)) for row in zip(*lists, strict=False)]
        self.own_days = data.get(f"{self.prefix}-own_days", self.own_days)
        self.rows = sent[: MOST_CRITERIA + 1] or [self._blank()]
        pressed = data.get(f"{self.prefix}-button", "")
        self.editing = bool(pressed)
        self._press(pressed)

    def _press(self, button: str) -> None:
        """Do what a button of the builder says: add, preview, text, rows, or drop-N."""
        action, _sign, tail = button.partition("-")
        at = whole_number(tail)
        if action == "add" and len(self.rows) < MOST_CRITERIA:
            self.rows.append(self._blank())
        elif action == "drop" and at is not None and at < len(self.rows):
            del self.rows[at]
            self.rows = self.rows or [self._blank()]
        elif action == "text":
            found = self.criteria.as_data() if self.criteria else self._raw()
            self.text = json.dumps(found, ensure_ascii=False, indent=2)
            del self._parsed
        elif action == "rows" and self.criteria is not None:
            self._show(self.criteria)
            del self._parsed

    def _blank(self) -> CriterionRow:
        return CriterionRow(window=self.own_days) if self.own_days else CriterionRow()

    def _show(self, criteria: Criteria) -> None:
        self.join = "all" if criteria.all is not None else "any"
        leaves = [node for node in criteria.nodes if isinstance(node, Criterion)]
        if len(leaves) < len(criteria.nodes):
            self.text = json.dumps(criteria.as_data(), ensure_ascii=False, indent=2)
            return
        self.text = ""
        self.rows = [_row_of(leaf) for leaf in leaves]

    def _raw(self) -> dict[str, Any]:
        return {self.join: [row.as_data() for row in self.rows if not row.is_blank]}

    @cached_property
    def _parsed(self) -> tuple[Criteria | None, dict[Path, list[str]]]:
        raw: Any = self.text or self._raw()
        if not self.text and not raw[self.join]:
            missing = _("Add at least one criterion.")
            return None, {(): [missing]} if self.required else {}
        try:
            return parse_criteria(raw, by=self.by), {}
        except CriteriaError as error:
            return None, error.by_place


def _row_of(leaf: Criterion) -> CriterionRow:
    row = CriterionRow(what=leaf.key, least=plain(leaf.least or None), streak=str(leaf.streak))
    if leaf.percentile is not None:
        row.op, row.value = TOP, plain(leaf.percentile.top)
        row.among = leaf.percentile.among
    else:
        row.op, row.value = str(leaf.op), plain(leaf.value)
    window = window_data(leaf.window)
    if isinstance(window, str):
        row.window = window
    elif "rolling_days" in window:
        row.window, row.days = ROLLING, str(window["rolling_days"])
    elif "from" in window:
        row.window, row.start, row.end = RANGE, window["from"], window["to"]
    else:
        row.window = f"{window['period']}-{window['back']}"
    return row
