"""`manage.py explain`: why an agent has these points and this score, down to the tickets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from incentives.org.models import Company, Person
from scoring.explain import Explanation, explain
from scoring.explain.points import RulePoints
from scoring.explain.scores import ItemStory, ScoreStory
from scoring.explain.words import Wording
from scoring.figures.display import amount, number, shown
from scoring.figures.windows import ONE_DAY, Period
from scoring.management.arguments import agent_key, day_of
from scoring.models import PointEntry
from scoring.points.words import cause

_SHOWN = 8


class Command(BaseCommand):
    """Explain a day. Exit codes: 0 told, 2 nothing told (one line says why)."""

    help = "Explain every point and every lost score point of an agent's day."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The agent's key (or another key of theirs) and the day."""
        parser.add_argument("agent", metavar="AGENT")
        parser.add_argument("--date", metavar="D", help="YYYY-MM-DD; default: yesterday")
        parser.add_argument("--period", choices=["day", "week", "month"], default="day")

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell the story of the day."""
        agent = Person.objects.get(key=agent_key(options["agent"]))
        day = day_of(options["date"]) or _yesterday()
        story = explain(agent=agent, day=day, period=Period(options["period"]))
        self.told = Wording(each.rule for each in story.rules)
        self._head(story)
        if story.is_empty:
            self._line(0, _("Nothing was counted on these days."))
            return
        self._points(story)
        if story.score is not None:
            self._score(story.score)

    def _line(self, indent: int, text: str) -> None:
        self.stdout.write("  " * indent + text)

    def _head(self, story: Explanation) -> None:
        days = date_format(story.starts_on, "DATE_FORMAT")
        if story.ends_on != story.starts_on:
            days += " – " + date_format(story.ends_on, "DATE_FORMAT")
        self._line(0, f"{story.agent.display_name}, {days}")

    def _points(self, story: Explanation) -> None:
        self._line(0, _("Points: %(points)d") % {"points": story.points})
        for found in story.giving:
            self._rule(found)
        for entry in story.others:
            reason = f": {entry.words}" if entry.words else ""
            self._line(1, f"{entry.amount:+d}  {cause(entry)}{reason}")
        for found in story.silent:
            self._rule(found)

    def _rule(self, found: RulePoints) -> None:
        self._line(1, f"{found.total:+d}  {found.rule.name}")
        for line in self.told.lines(found):
            self._line(3, line)
        for entry in found.corrections:
            self._entry(entry)
        if found.pending:
            text = _("The next night will post %(points)+d.")
            self._line(3, text % {"points": found.pending})
        for part in found.facts[:_SHOWN]:
            self._line(3, f"{part.fact.external_id}  {amount(part.quantity)}")
        if found.fact_count > _SHOWN:
            self._line(3, _("and %(n)d more") % {"n": found.fact_count - _SHOWN})

    def _entry(self, entry: PointEntry) -> None:
        self._line(3, f"{entry.amount:+d}  {cause(entry)}")

    def _score(self, story: ScoreStory) -> None:
        words = {
            "score": number(story.score.score, 1),
            "lost": number(story.lost, 1),
            "card": str(story.score.scorecard),
        }
        self._line(0, _("Score: %(score)s (%(card)s), %(lost)s points lost") % words)
        for item in story.items:
            self._item(item)

    def _item(self, item: ItemStory) -> None:
        value = shown(item.used if item.used is not None else item.value, item.kpi.unit)
        self._line(1, f"{_signed(-item.lost)}  {item.kpi.name}: {value}")
        for text in (
            self.told.value(item),
            self.told.small(item),
            self.told.points(item),
            self.told.guard(item),
            self.told.step(item),
        ):
            if text:
                self._line(3, text)
        for cost in item.worst:
            self._line(3, f"{cost.fact.external_id}  {_signed(-cost.lost)}")


def _signed(points: Decimal) -> str:
    text = number(abs(points), 1)
    return text if not points else f"{'+' if points > 0 else '−'}{text}"


def _yesterday() -> date:
    return Company.current().today() - ONE_DAY
