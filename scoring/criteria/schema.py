"""Criteria as data: a closed schema, read strictly, written back in one canonical form.

    {"all": [
      {"metric": "csat", "window": "month", "op": ">=", "value": 92, "least": 20},
      {"metric": "handled", "window": {"rolling_days": 28}, "percentile": {"top": 5}},
      {"score": "any", "window": "month", "op": ">", "value": 90, "streak": 3},
      {"points": "any", "window": "quarter", "op": ">=", "value": 500},
      {"any": [{"measure": "praises + saves", "window": "day", "op": ">", "value": 3}, …]}
    ]}

What each part means is written in docs/criteria.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

from django.utils.translation import gettext as _
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from scoring.criteria.windows import CriterionWindow, read_window, window_data
from scoring.figures.metrics import FORMULA, POINTS, SCORE
from scoring.figures.windows import CalendarWindow, Period

Op = Literal[">=", "<=", ">", "<", "=", "!="]
OPERATORS: tuple[Op, ...] = (">=", "<=", ">", "<", "=", "!=")
MOST_CRITERIA = 20
DEEPEST = 4
SCORED = (Period.DAY, Period.WEEK, Period.MONTH)
LONGEST_STREAK = {Period.DAY: 100, Period.WEEK: 53, Period.MONTH: 24, Period.QUARTER: 12}
# Together with sums in millionths this keeps every product inside 128 bits.
Amount = Annotated[Decimal, Field(max_digits=18, decimal_places=6, allow_inf_nan=False)]
Path: TypeAlias = tuple[int, ...]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Percentile(_Closed):
    """Being among the best `top` per cent of one's team, or of the company."""

    top: Annotated[Decimal, Field(gt=0, lt=100, max_digits=6, decimal_places=4)]
    among: Literal["team", "company"] = "company"


class Criterion(_Closed):
    """One comparison over one window of one metric (a KPI's key), measure (an expression), score
    (the key of a scorecard, or "any") or points (the key of a point rule, or "any").

    Either `op` and `value`, or `percentile`. `least` is the least volume: the denominator, or the
    sum itself where there is none. `streak` is in how many periods in a row it has to hold.
    """

    metric: str | None = None
    measure: str | None = None
    score: str | None = None
    points: str | None = None
    window: Annotated[CriterionWindow, BeforeValidator(read_window)]
    op: Op | None = None
    value: Amount | None = None
    least: Annotated[Amount, Field(ge=0)] = Decimal(0)
    streak: Annotated[int, Field(ge=1, strict=True)] = 1
    percentile: Percentile | None = None

    @property
    def key(self) -> str:
        """The key of what is compared, as `scoring.figures.metrics.find_metrics` understands it."""
        if self.score is not None:
            return f"{SCORE}{self.score}"
        if self.points is not None:
            return f"{POINTS}{self.points}"
        return self.metric if self.metric is not None else f"{FORMULA}{self.measure}"

    @property
    def period(self) -> Period:
        """The period that a streak counts."""
        if not isinstance(self.window, CalendarWindow):
            raise TypeError("Only days, weeks, months and quarters come in a row.")
        return self.window.period

    @model_validator(mode="after")
    def _one_thing_is_compared(self) -> Criterion:
        named = [each for each in self._named().values() if each is not None]
        if not named:
            raise ValueError(_("Choose what is compared."))
        if len(named) > 1:
            raise ValueError(_("Name only one of metric, measure, score and points."))
        if self.percentile is None:
            if self.op is None:
                raise ValueError(_("Choose how it is compared."))
            if self.value is None:
                raise ValueError(_("Fill in the value to compare with."))
        elif self.op is not None or self.value is not None:
            raise ValueError(_("A top percentage takes no comparison and no value: remove them."))
        return self

    @model_validator(mode="after")
    def _streak_counts_periods(self) -> Criterion:
        if self.streak == 1:
            return self
        window = self.window
        if not isinstance(window, CalendarWindow) or window.back or window.period is Period.ALL:
            raise ValueError(
                _("Only days, weeks, months and quarters come in a row: choose one as the window.")
            )
        if self.streak > LONGEST_STREAK[window.period]:
            raise ValueError(
                _("At most %(most)d in a row can be asked for: choose a smaller number.")
                % {"most": LONGEST_STREAK[window.period]}
            )
        return self

    @model_validator(mode="after")
    def _scores_are_of_periods(self) -> Criterion:
        if self.score is None:
            return self
        if not isinstance(self.window, CalendarWindow) or self.window.period not in SCORED:
            raise ValueError(_("Scores are given for days, weeks and months: choose one of these."))
        if self.least:
            raise ValueError(
                _("A score has no least volume: its scorecard says what small samples do.")
            )
        return self

    def _named(self) -> dict[str, str | None]:
        """What it may compare, by part; one of them is given."""
        return {
            "metric": self.metric,
            "measure": self.measure,
            "score": self.score,
            "points": self.points,
        }

    def as_data(self) -> dict[str, Any]:
        """The criterion as JSON data, without parts that say nothing."""
        data: dict[str, Any] = {part: key for part, key in self._named().items() if key is not None}
        data["window"] = window_data(self.window)
        if self.percentile is not None:
            top = _number(self.percentile.top)
            data["percentile"] = {"top": top, "among": self.percentile.among}
        else:
            data |= {"op": self.op, "value": _number(self.value or Decimal(0))}
        if self.least:
            data["least"] = _number(self.least)
        return data | ({"streak": self.streak} if self.streak > 1 else {})


def _kind(raw: Any) -> str:
    """Whether a part is a group (all, any) or a single criterion."""
    group = isinstance(raw, Criteria) or (isinstance(raw, Mapping) and {"all", "any"} & raw.keys())
    return "group" if group else "criterion"


Node: TypeAlias = Annotated[
    Annotated[Criterion, Tag("criterion")] | Annotated["Criteria", Tag("group")],
    Discriminator(_kind),
]
Nodes: TypeAlias = tuple[Node, ...]


class Criteria(_Closed):
    """Criteria of which all, or any, have to be met; groups may stand inside groups."""

    all: Nodes | None = None
    any: Nodes | None = None

    @property
    def nodes(self) -> tuple[Criterion | Criteria, ...]:
        """What stands directly inside."""
        return self.all or self.any or ()

    @model_validator(mode="after")
    def _is_one_group(self) -> Criteria:
        if (self.all is None) == (self.any is None):
            raise ValueError(_("Use either “all” or “any”, with a list of criteria."))
        if not self.nodes:
            raise ValueError(_("There is no criterion: add at least one."))
        if sum(1 for _leaf in self.leaves()) > MOST_CRITERIA:
            raise ValueError(
                _("There can be at most %(most)d criteria: remove some.") % {"most": MOST_CRITERIA}
            )
        if self.depth() > DEEPEST:
            raise ValueError(
                _("Groups stand inside each other more than %(most)d deep: make it simpler.")
                % {"most": DEEPEST}
            )
        return self

    def leaves(self, path: Path = ()) -> Iterator[tuple[Path, Criterion]]:
        """Every criterion with its place: (1, 0) is the first one in the second place's group."""
        for at, node in enumerate(self.nodes):
            if isinstance(node, Criterion):
                yield (*path, at), node
            else:
                yield from node.leaves((*path, at))

    def depth(self) -> int:
        """How many groups stand inside each other, this one included."""
        return 1 + max(
            (node.depth() for node in self.nodes if isinstance(node, Criteria)), default=0
        )

    def as_data(self) -> dict[str, Any]:
        """The criteria as JSON data in canonical form, to be stored."""
        word = "all" if self.all is not None else "any"
        return {word: [node.as_data() for node in self.nodes]}


def _number(value: Decimal) -> int | float | str:
    """A number for JSON that is read back as the same decimal."""
    if value == value.to_integral_value():
        return int(value)
    number = float(value)
    return number if Decimal(repr(number)) == value else f"{value.normalize():f}"
