"""The night, step by step: what becomes of the day's facts, in order. Start reading here.

Each step works out what should be true and adds what is missing, so a night that was cut off, or
one that is run twice, ends in the same state. `scoring/nights/runner.py` carries the steps out, one
night at a time, each step in a transaction of its own; docs/nights.md tells the whole story.

    what prepares      files of the drop folder → facts; leavers; totals of whatever is known by
                       now; granted appeals → corrected facts
    what follows       given the agent days whose totals changed since the last night:
                       scores → points → badges → quests → battles → goals → seasons →
                       boards → news → hours, keys; what needs none of the others, at the same time
    what tidies up     files that were sent long ago
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.awards.reconcile import award_badges
from badges.battles.fighting import fight
from badges.credentials.issuing import renew
from badges.credentials.keys import KeyUnreadable
from badges.quests.night import run_quests
from incentives.org.models import Company
from incentives.org.people import deactivate_leavers
from scoring.appeals.settling import settle_appeals
from scoring.boards.refresh import (
    refresh_kpi_boards,
    refresh_point_boards,
    refresh_score_boards,
)
from scoring.figures.changes import Changes, Step, StepResult
from scoring.figures.hours import compute_hours
from scoring.goals.review import review_goals
from scoring.ingest import progress, runs, uploads
from scoring.news import tell_the_news
from scoring.nights.drop_folder import take_dropped_files
from scoring.points.ledger import reconcile
from scoring.points.seasons import settle_seasons
from scoring.scorecards.compute import compute_scores


def steps() -> list[Step]:
    """The steps in the order in which they run; those with `after` wait for these alone."""
    return [
        Step(
            "files", _("Files of the drop folder"), take_dropped_files, prepares=True, commits=True
        ),
        Step("leavers", _("People who left"), end_access_of_leavers, prepares=True),
        Step("totals", _("Daily totals"), bring_totals_up_to_date, prepares=True),
        Step("appeals", _("Appeals"), settle_appeals, prepares=True, commits=True),
        Step("scores", _("Scores"), compute_scores, after=()),
        Step("points", _("Points"), reconcile, after=()),
        Step("badges", _("Badges"), award_badges),
        Step("quests", _("Quests"), run_quests),
        Step("battles", _("Boss battles"), fight),
        Step("goals", _("Goals"), review_goals),
        Step("seasons", _("Seasons"), settle_seasons),
        Step("boards", _("Leaderboards by points"), refresh_point_boards, commits=True),
        Step(
            "score_boards",
            _("Leaderboards by score"),
            refresh_score_boards,
            commits=True,
            after=("scores",),
        ),
        Step("kpi_boards", _("Leaderboards by KPI"), refresh_kpi_boards, commits=True, after=()),
        Step("news", _("News"), tell_the_news),
        Step("hours", _("Hours of the week"), compute_hours, after=()),
        Step("keys", _("Keys of badges"), renew_signatures, commits=True, after=()),
        Step("tidy", _("Old files"), remove_old_files),
    ]


def end_access_of_leavers(_changes: Changes) -> StepResult:
    """End the access of everyone whose last day is over today, whatever day the night closes."""
    left = deactivate_leavers(on=Company.current().today())
    line = ngettext("%(n)s person has left", "%(n)s people have left", left) % {"n": left}
    return StepResult(line if left else _("nobody has left"), {"leavers": left})


def bring_totals_up_to_date(_changes: Changes) -> StepResult:
    """Give held facts to agents who became known, and follow changes of team."""
    days = runs.catch_up()
    line = ngettext("%(n)s agent day recomputed", "%(n)s agent days recomputed", days) % {"n": days}
    return StepResult(line if days else _("nothing to catch up"), {"agent_days": days})


def renew_signatures(_changes: Changes) -> StepResult:
    """Sign anew what a key that became known has signed, where that was cut off by day."""
    try:
        done = renew()
    except KeyUnreadable as error:
        return StepResult(str(error))
    line = ngettext("%(n)s badge signed anew", "%(n)s badges signed anew", done) % {"n": done}
    return StepResult(line if done else _("nothing changed"), {"signed": done})


def remove_old_files(_changes: Changes) -> StepResult:
    """Remove files that were sent long ago, and end imports that died and were forgotten."""
    progress.end_forgotten(started_before=timezone.now() - timedelta(days=1))
    gone = uploads.discard_old_files()
    line = ngettext("%(n)s file removed", "%(n)s files removed", gone) % {"n": gone}
    return StepResult(line if gone else _("no old file"), {"files": gone})
