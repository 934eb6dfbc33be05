"""Boss battles: who fights from when to when, what brings the boss down, and what came of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from incentives.org.dated import covers
from incentives.org.models import Role, Team
from incentives.org.models.history import tracked
from incentives.org.models.named import TwoNames
from incentives.org.models.scoped import ForTeams, ForTeamsQuerySet
from incentives.org.wording import in_readers_language
from scoring.figures.windows import Span

if TYPE_CHECKING:
    from incentives.org.models import Person

#: Health in per cent from which a phase begins, and its names.
DEFAULT_PHASES: list[dict[str, Any]] = [
    {"at": 100, "name_en": "Awake", "name_zh": "苏醒"},
    {"at": 60, "name_en": "Angry", "name_zh": "暴怒"},
    {"at": 25, "name_en": "Staggering", "name_zh": "力竭"},
]

# What may still change once people were told of a battle: its course, not its terms.
_COURSE = "ARRAY['status', 'ends_on', 'outcome', 'settled_on', 'result', 'cancelled_because']"
_FROZEN = (
    "OLD.status = 'settled' OR (OLD.status IN ('published', 'cancelled')"
    f" AND (to_jsonb(OLD) - {_COURSE}) IS DISTINCT FROM (to_jsonb(NEW) - {_COURSE}))"
)
_REFUSE = (
    "RAISE EXCEPTION 'A published battle is not changed: cancel it and make a new one.'"
    " USING ERRCODE = '23514';"
)
#: Who may make battles: for teams they lead.
RUNNERS = (Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR)


def default_phases() -> list[dict[str, Any]]:
    """Three phases that suit most bosses."""
    return [dict(phase) for phase in DEFAULT_PHASES]


class BattleQuerySet(ForTeamsQuerySet["Battle"]):
    """Reads over battles."""

    def visible_to(self, person: Person) -> BattleQuerySet:
        """Battles someone may look at: told ones of the company and of teams they see, or are in.

        Drafts and rehearsals are there only for those who may run them.
        """
        told = self.exclude(status__in=[Battle.Status.DRAFT, Battle.Status.REHEARSAL])
        seen = told.for_teams(Team.objects.visible_to(person).values("pk"))
        mine = told.filter(pk__in=person.battles.order_by().values("battle"))
        return seen | mine | self.run_by(person)

    def run_by(self, person: Person) -> BattleQuerySet:
        """Battles someone may edit, publish, extend and cancel: all of whose teams they lead."""
        if not person.has_role(*RUNNERS):
            return self.none()
        if person.runs_the_company:
            return self.all()
        return self.within_teams(Team.objects.decided_by(person).values("pk"))

    def running(self, *, on: date) -> BattleQuerySet:
        """Published battles whose days include that day."""
        return self.filter(covers(on), status=Battle.Status.PUBLISHED)

    def unsettled(self, *, as_of: date) -> BattleQuerySet:
        """Battles begun by that day whose damage still counts: published ones and rehearsals."""
        fought = Q(status=Battle.Status.PUBLISHED) | Q(
            status=Battle.Status.REHEARSAL, settled_on=None
        )
        return self.filter(fought, starts_on__lte=as_of)


@tracked()
class Battle(TwoNames, ForTeams):
    """A boss with a window, objectives and a reward; without teams the whole company fights.

    `points` go to everyone who took part in a victory; after a defeat `consolation` per cent of
    them are shared out by how much of the health was taken, at least `consolation_floor` points.
    `phases` name what happens from which health on; `difficulty` keeps what was proposed and
    expected when it was made; `result` what came of it (`badges.battles.settling`).
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REHEARSAL = "rehearsal", _("Rehearsal")
        PUBLISHED = "published", _("Published")
        CANCELLED = "cancelled", _("Cancelled")
        SETTLED = "settled", _("Settled")

    class Combine(models.TextChoices):
        ALL = "all", _("all objectives")
        ANY = "any", _("any one objective")

    class Outcome(models.TextChoices):
        WON = "won", _("Won")
        LOST = "lost", _("Lost")

    story_en = models.TextField(_("English story"), max_length=1000, blank=True)
    story_zh = models.TextField(_("Chinese story"), max_length=1000, blank=True)
    creature = models.CharField(_("creature"), max_length=40, default="dragon")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    settlement_days = models.PositiveSmallIntegerField(_("days for corrections"), default=3)
    combine = models.CharField(
        _("won with"), max_length=3, choices=Combine.choices, default=Combine.ALL
    )
    points = models.PositiveIntegerField(_("points for everyone who took part"), default=100)
    consolation = models.PositiveSmallIntegerField(_("consolation in per cent"), default=0)
    consolation_floor = models.PositiveIntegerField(_("consolation at least"), default=0)
    phases: models.JSONField[list[dict[str, Any]]] = models.JSONField(
        _("phases"), default=default_phases, blank=True
    )
    difficulty: models.JSONField[dict[str, Any]] = models.JSONField(
        _("expected difficulty"), default=dict, blank=True
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.DRAFT
    )
    outcome = models.CharField(
        _("outcome"), max_length=4, choices=Outcome.choices, null=True, blank=True
    )
    settled_on = models.DateField(_("settled on"), null=True, blank=True)
    result: models.JSONField[dict[str, Any]] = models.JSONField(
        _("result"), default=dict, blank=True
    )
    cancelled_because = models.TextField(_("why it was cancelled"), blank=True)
    planned_end = models.DateField(_("planned last day"), null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    published_on = models.DateField(_("published on"), null=True, blank=True)

    objects = BattleQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        verbose_name = _("battle")
        verbose_name_plural = _("battles")
        constraints = [
            models.CheckConstraint(
                name="battle_days",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day is before the first day: correct one."),
            ),
            models.CheckConstraint(
                name="battle_consolation",
                condition=Q(consolation__lte=100, consolation_floor__lte=F("points")),
                violation_error_message=_(
                    "A consolation is at most 100 per cent, and no more than the reward."
                ),
            ),
            models.CheckConstraint(
                name="battle_outcome",
                condition=Q(outcome=None, settled_on=None)
                | Q(outcome__isnull=False, settled_on__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="terms_are_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(_FROZEN),
                func=_REFUSE,
            ),
            pgtrigger.Trigger(
                name="told_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.status NOT IN ('draft', 'rehearsal')"),
                func=_REFUSE,
            ),
        ]

    @property
    def story(self) -> str:
        """The story in the language of the reader."""
        return in_readers_language(self.story_en, self.story_zh)

    @property
    def span(self) -> Span:
        """The days on which tickets count."""
        return Span(self.starts_on, self.ends_on)

    @property
    def counts_until(self) -> date:
        """The last day on which late facts about the battle's days still count."""
        return self.ends_on + timedelta(days=self.settlement_days)

    @property
    def is_hidden(self) -> bool:
        """Whether only those who may run it know of it."""
        return self.status in (self.Status.DRAFT, self.Status.REHEARSAL)

    @property
    def is_editable(self) -> bool:
        """Whether its terms can still be changed."""
        return self.is_hidden

    def phase_at(self, health: float) -> int:
        """The place in `phases` of the one that holds at a health of 0 to 1; -1 before the first."""
        return sum(1 for phase in self.phases if health * 100 <= phase["at"]) - 1
