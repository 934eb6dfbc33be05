"""Whether the figures can be trusted today: the last night, what waits for an agent, what was refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives.org.notation import moment
from scoring.figures.display import number
from scoring.ingest import unmatched as held
from scoring.models import Import, NightRun

IMPORT_DAYS = 7


@dataclass(frozen=True, slots=True)
class Check:
    """One line of data health: what was looked at, how it stands, where to look closer."""

    name: str
    text: str
    good: bool
    url: str


def data_health(*, today: date, now: datetime) -> list[Check]:
    """The last night, held facts, and the imports of the last seven days; five queries."""
    return [_night(today), _held(), _imports(now)]


def _night(today: date) -> Check:
    night = NightRun.objects.order_by("-pk").first()
    name = _("Last night")
    if night is None:
        return Check(name, _("no night has run yet"), good=False, url=reverse("scoring:nights"))
    url = reverse("scoring:night", args=[night.pk])
    when = night.finished_at or night.started_at or night.created_at
    words = {"status": night.get_status_display(), "when": moment(when, today=today)}
    fresh = (today - night.as_of).days <= 1
    good = night.is_open or (night.status == NightRun.Status.DONE and fresh)
    return Check(name, _("%(status)s, %(when)s") % words, good=good, url=url)


def _held() -> Check:
    waiting = held.waiting()
    facts = sum(count for _source, _key, count in waiting)
    text = ngettext(
        "%(facts)s ticket waits for its agent", "%(facts)s tickets wait for their agent", facts
    ) % {"facts": number_of(facts)}
    text = text if facts else _("no ticket waits for its agent")
    return Check(_("Agents to match"), text, good=not facts, url=reverse("scoring:held"))


def _imports(now: datetime) -> Check:
    runs = Import.objects.filter(dry_run=False, created_at__gte=now - timedelta(days=IMPORT_DAYS))
    stopped = Q(status__in=(Import.Status.REFUSED, Import.Status.FAILED))
    sums = runs.order_by().aggregate(
        runs=Count("pk"), rejected=Sum("rows_rejected"), stopped=Count("pk", filter=stopped)
    )
    many = {"runs": number_of(sums["runs"])}
    parts = [ngettext("%(runs)s in seven days", "%(runs)s in seven days", sums["runs"]) % many]
    rejected, refused = sums["rejected"] or 0, sums["stopped"]
    if rejected:
        words = {"rows": number_of(rejected)}
        parts.append(
            ngettext("%(rows)s row not taken", "%(rows)s rows not taken", rejected) % words
        )
    if refused:
        words = {"files": number_of(refused)}
        parts.append(ngettext("%(files)s file refused", "%(files)s files refused", refused) % words)
    good = not rejected and not refused
    return Check(_("Imports"), _(", ").join(parts), good=good, url=reverse("scoring:imports"))


def number_of(count: int) -> str:
    """A count with the reader's separators."""
    return number(Decimal(count), 0)
