"""Quests, how far everyone is, and what came of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Count, F, Func, OuterRef, Q, Subquery
from django.db.models.functions import Cast, JSONObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from badges.quests.models.pool import QuestContent, QuestTemplate, in_order, is_sound
from incentives.org.dated import covers
from incentives.org.models import Membership, Person, Role, Team
from incentives.org.models.scoped import ForTeams, ForTeamsQuerySet

#: Shares of the way are stored in ten-thousandths; the whole way is exactly where it is met.
WHOLE = 10_000
_OPEN_PARTS = "'{status,closed_on,cancelled_by_id,cancel_reason,judged_on}'::text[]"
MAKERS = (Role.SUPERVISOR, Role.MANAGER)


class QuestQuerySet(ForTeamsQuerySet["Quest"]):
    """Reads over quests."""

    def running(self, *, on: date) -> QuestQuerySet:
        """Quests one can still win on that day."""
        return self.filter(covers(on), status=Quest.Status.OPEN)

    def visible_to(self, person: Person) -> QuestQuerySet:
        """Quests of everyone, of one's own team, and of the teams one leads."""
        if person.sees_everyone:
            return self.all()
        seen = Team.objects.visible_to(person).order_by().values("pk")
        told = ~Q(status=Quest.Status.WAITING) | Q(made_by=person)
        return self.for_teams(seen).filter(told)

    def for_member(self, person: Person, *, on: date) -> QuestQuerySet:
        """Quests that someone in a team on that day takes part in."""
        own = person.memberships.taking_part(on).order_by().values("team")
        return self.for_teams(own)

    def with_standing(self, person: Person) -> QuestQuerySet:
        """With `own_share`, `result` and `pieces` of the person, or of the team they are in.

        `own_share` are ten-thousandths of the way, or None; `result` has state, share, done_on and
        how many `people` the team has; `pieces` how many claims are approved and waiting.
        """
        share = Func(
            F("shares"),
            Cast(OuterRef("pk"), models.TextField()),
            template="(%(expressions)s)::int",
            arg_joiner=" ->> ",
            output_field=models.IntegerField(),
        )
        own = QuestProgress.objects.filter(person=person).annotate(own=share)
        return self.annotate(
            own_share=Subquery(own.values("own")),
            result=Subquery(_results_for(person).values("standing")[:1]),
            pieces=Subquery(_pieces_of(person).values("pieces")[:1]),
        )

    def manageable_by(self, person: Person) -> QuestQuerySet:
        """Quests that the person may cancel: made by them, or all of whose teams they lead."""
        if not person.has_role(*MAKERS):
            return self.none()
        if person.has_role(Role.MANAGER) and person.runs_the_company:
            return self.all()
        led = Team.objects.decided_by(person).order_by().values("pk")
        return self.filter(made_by=person) | self.within_teams(led)


def was_member(person: Person) -> Any:
    """The teams that someone was in during the days of a result's (claim's) quest."""
    days = OuterRef("quest__starts_on"), OuterRef("quest__ends_on")
    return person.memberships.taking_part(*days).values("team")


def _results_for(person: Person) -> Any:
    mine = QuestResult.objects.filter(Q(person=person) | Q(team__in=was_member(person)))
    people = Membership.objects.taking_part(OuterRef("quest__ends_on")).filter(
        team=OuterRef("team")
    )
    counted = people.order_by().values("team").annotate(n=Count("pk")).values("n")
    standing = JSONObject(state="state", share="share", done_on="done_on", people=Subquery(counted))
    return mine.filter(quest=OuterRef("pk")).annotate(standing=standing).order_by("-share")


def _pieces_of(person: Person) -> Any:
    claims = apps.get_model("badges", "QuestClaim")._default_manager
    mine = Q(quest__audience="person", person=person)
    mine |= Q(quest__audience="team", subject__in=was_member(person))
    counted = {
        status: Count("pk", filter=Q(status=status))
        for status in ("approved", "waiting", "refused")
    }
    found = claims.filter(mine, quest=OuterRef("pk")).order_by().values("quest")
    return found.annotate(pieces=JSONObject(**counted))


class Quest(QuestContent, ForTeams):
    """A quest with its days: what it asks for never changes once it is made.

    It closes by itself `grace_days` after its last day; until then late facts count. Without
    `teams` it is for everyone. `judged_on` is the day through which the night has judged it.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("quest", "Waits for a second person")
        OPEN = "open", pgettext_lazy("quest", "Open")
        CLOSED = "closed", pgettext_lazy("quest", "Closed")
        CANCELLED = "cancelled", pgettext_lazy("quest", "Cancelled")

    template = models.ForeignKey(
        QuestTemplate,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="quests",
        verbose_name=_("from the pool"),
    )
    rotated = models.BooleanField(_("opened by the rotation"), default=False)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    grace_days = models.PositiveSmallIntegerField(_("days of grace"), default=2)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.OPEN
    )
    judged_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancel_reason = models.TextField(_("why it was cancelled"), blank=True, max_length=1000)

    objects = QuestQuerySet.as_manager()

    class Meta:
        ordering = ["ends_on", "pk"]
        verbose_name = _("quest")
        verbose_name_plural = _("quests")
        indexes = [
            models.Index(fields=["status", "ends_on"], name="quest_status_end"),
            models.Index(fields=["template", "starts_on"], name="quest_template_start"),
        ]
        constraints = [
            models.CheckConstraint(name="quest_sound", condition=is_sound()),
            models.CheckConstraint(name="quest_days", condition=in_order()),
            models.CheckConstraint(
                name="quest_cancelled",
                condition=~Q(status="cancelled") | ~Q(cancel_reason=""),
            ),
            models.UniqueConstraint(
                fields=["template", "starts_on"],
                condition=Q(rotated=True),
                name="quest_rotated_once",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="content_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"to_jsonb(OLD) - {_OPEN_PARTS} IS DISTINCT FROM to_jsonb(NEW) - {_OPEN_PARTS}"
                ),
                func="RAISE EXCEPTION 'A quest stays as it was announced: cancel it and make another.'"
                " USING ERRCODE = '23514';",
            ),
        ]

    @property
    def closes_on(self) -> date:
        """The last day of its grace, by whose facts it is judged."""
        return self.ends_on + timedelta(days=self.grace_days)

    @property
    def is_open(self) -> bool:
        """Whether it can still be won, or its grace still runs."""
        return self.status == self.Status.OPEN

    @property
    def is_cancelled(self) -> bool:
        """Whether someone called it off."""
        return self.status == self.Status.CANCELLED

    def takes_claims(self, on: date) -> bool:
        """Whether evidence can be handed in on that day: until the grace is over."""
        return self.is_claimed and self.is_open and self.starts_on <= on <= self.closes_on


class QuestResult(models.Model):
    """What came of a quest for a person, or for a team; its points follow from it.

    `share` is the way made, in ten-thousandths. A running row exists for teams, and for people
    whose completion was taken back; whoever has not begun has none.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("under way")
        DONE = "done", pgettext_lazy("quest", "done")
        FAILED = "failed", pgettext_lazy("quest", "not reached")

    quest = models.ForeignKey(Quest, on_delete=models.PROTECT, related_name="results")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=7, choices=State.choices, default=State.RUNNING)
    share = models.PositiveSmallIntegerField(default=0)
    done_on = models.DateField(null=True, blank=True)
    evidence: models.JSONField[list[Any]] = models.JSONField(default=list, blank=True)
    times_undone = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("result of a quest")
        verbose_name_plural = _("results of quests")
        indexes = [models.Index(fields=["person", "done_on"], name="questresult_person")]
        constraints = [
            models.UniqueConstraint(fields=["quest", "person"], name="questresult_person_once"),
            models.UniqueConstraint(fields=["quest", "team"], name="questresult_team_once"),
            models.CheckConstraint(
                name="questresult_of_one",
                condition=Q(person__isnull=True, team__isnull=False)
                | Q(person__isnull=False, team__isnull=True),
            ),
            models.CheckConstraint(
                name="questresult_done_on_a_day",
                condition=Q(state="done", done_on__isnull=False)
                | (~Q(state="done") & Q(done_on__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quest_id} {self.person_id or self.team_id} {self.state}"


class QuestProgress(models.Model):
    """How far a person is in the quests that figures decide: one row a person.

    `shares` holds ten-thousandths of the way by the quest's id, so that a night over everyone
    writes a row for each person and a page reads one.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    as_of = models.DateField()
    shares: models.JSONField[dict[str, int]] = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("progress in quests")
        verbose_name_plural = _("progress in quests")

    def __str__(self) -> str:
        return f"{self.person_id} {self.as_of}"
