"""Claims: someone says that a quest is done, with evidence; someone else says yes or no."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from badges.quests.models.quests import Quest, was_member
from incentives.org.models import Person, Role, Team

APPROVERS = (Role.SUPERVISOR, Role.MANAGER)


class QuestClaimQuerySet(models.QuerySet["QuestClaim"]):
    """Reads over claims."""

    def waiting(self) -> QuestClaimQuerySet:
        """Claims that nobody has decided, the oldest first."""
        return self.filter(status=QuestClaim.Status.WAITING).order_by("claimed_at", "pk")

    def to_decide(self, person: Person) -> QuestClaimQuerySet:
        """Claims of others in the teams that a supervisor or manager leads.

        Those for a team are not of others to whoever is in it in the quest's days, and paid too.
        """
        if not person.has_role(*APPROVERS):
            return self.none()
        led = Team.objects.decided_by(person).order_by().values("pk")
        of_others = self.filter(team__in=led).exclude(person=person)
        return of_others.exclude(quest__audience="team", subject__in=was_member(person))

    def visible_to(self, person: Person) -> QuestClaimQuerySet:
        """One's own claims, and those that one may decide."""
        decided = QuestClaim.objects.to_decide(person).order_by().values("pk")
        return self.filter(Q(person=person) | Q(pk__in=decided))


class QuestClaim(models.Model):
    """One piece of evidence for a quest.

    `subject` is the id of the person, or of the team in a team's quest, whose `number`th piece it
    is: the database takes one claim for each, however often or by whomever it is sent. `team` is
    the claimant's team that day, whose supervisors decide.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("claim", "Waiting")
        APPROVED = "approved", pgettext_lazy("claim", "Approved")
        REFUSED = "refused", pgettext_lazy("claim", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("claim", "Withdrawn")

    quest = models.ForeignKey(Quest, on_delete=models.PROTECT, related_name="claims")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="quest_claims"
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    subject = models.BigIntegerField()
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("what you did"), blank=True, max_length=2000)
    link = models.URLField(_("link"), blank=True, max_length=500)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    file_type = models.CharField(max_length=40, blank=True)
    file_path = models.CharField(max_length=100, blank=True)
    token = models.UUIDField(unique=True, null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=9, choices=Status.choices, default=Status.WAITING
    )
    claimed_on = models.DateField(_("claimed on"))
    claimed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True, max_length=1000)

    objects = QuestClaimQuerySet.as_manager()

    class Meta:
        ordering = ["-claimed_at", "-pk"]
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        indexes = [
            models.Index(fields=["team"], condition=Q(status="waiting"), name="questclaim_queue"),
            models.Index(fields=["person", "quest"], name="questclaim_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["quest", "subject", "number"],
                condition=Q(status__in=["waiting", "approved"]),
                name="questclaim_once",
            ),
            models.CheckConstraint(
                name="questclaim_not_by_oneself",
                condition=~Q(status="approved") | ~Q(decided_by=F("person")),
            ),
            models.CheckConstraint(
                name="questclaim_decided",
                condition=Q(status__in=["waiting", "withdrawn"]) | Q(decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="questclaim_refused_with_reason",
                condition=~Q(status="refused") | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quest_id} {self.person_id} {self.number}"

    @property
    def is_waiting(self) -> bool:
        """Whether it can still be decided or withdrawn."""
        return self.status == self.Status.WAITING
