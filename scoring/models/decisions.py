"""What people decide about points: the company's limits, budgets of a month, and each decision."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incentives.org.models.history import tracked
from incentives.org.wording import in_readers_language
from scoring.models.kinds import decision_kind


@tracked(exclude=["decided_after"])
class PointLimits(models.Model):
    """How much people may decide to pay: one row, which administrators set.

    Entries of the ledger up to `decided_after` are older than decisions: none stands behind them.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    one_decision = models.PositiveIntegerField(
        _("most points of one decision"),
        default=500,
        help_text=_("What one person gets from it, at most."),
    )
    person_a_month = models.PositiveIntegerField(
        _("most points a person and month"),
        default=1000,
        help_text=_("From all decisions together; what lies beyond is shown, and not given."),
    )
    second_from = models.PositiveIntegerField(
        _("a second person from"),
        default=5000,
        help_text=_("Points of a decision, for everyone together, that someone else confirms."),
    )
    budget_a_head = models.PositiveIntegerField(
        _("budget a head"),
        default=300,
        help_text=_(
            "Points a month for each person that someone leads, where nobody has set a budget."
        ),
    )
    decided_after = models.BigIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("limits of points")
        verbose_name_plural = _("limits of points")
        constraints = [
            models.CheckConstraint(name="pointlimits_one", condition=Q(id=1)),
            models.CheckConstraint(
                name="pointlimits_second",
                condition=Q(second_from__gt=F("one_decision")),
                violation_error_message=_(
                    "What one person gets is decided by one: let a second person come in above it."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one_decision} / {self.person_a_month} / {self.second_from}"

    @classmethod
    def current(cls) -> PointLimits:
        """The row, with defaults when there is none yet (it is then not stored)."""
        return cls._default_manager.filter(pk=1).first() or cls()


@tracked(exclude=["spent"])
class AwardBudget(models.Model):
    """What someone may decide to pay in a month, and what their decisions have set aside.

    `spent` can never pass `points`, whoever writes: the database refuses it.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="award_budgets",
        verbose_name=_("supervisor"),
    )
    month = models.DateField(_("month"), help_text=_("Its first day."))
    points = models.PositiveIntegerField(_("points"))
    spent = models.PositiveIntegerField(_("given"), default=0, db_default=0)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        ordering = ["-month", "person"]
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        constraints = [
            models.UniqueConstraint(fields=["person", "month"], name="awardbudget_once_a_month"),
            models.CheckConstraint(name="awardbudget_kept", condition=Q(spent__lte=F("points"))),
            models.CheckConstraint(name="awardbudget_month", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="awardbudget_by_another", condition=~Q(set_by=F("person")) | Q(set_by=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.month}"

    @property
    def left(self) -> int:
        """Points that can still be given this month."""
        return self.points - self.spent


class PointDecision(models.Model):
    """Someone decided that people get points: for what, how many each, out of which budget.

    `subject` is the id of what is paid for (a goal, a quest, a battle, an award of a badge; an
    award by hand has none). `reserved` is set aside of the budget for everyone whom it addresses;
    the ledger's trigger keeps `paid`, which cannot pass it. `short` is what waits because the
    budget lacks it: people who joined later. Quests that open by themselves and whose evidence is
    judged by people have a decision without a person and a budget: the company's limits hold.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("decision", "waits for a second person")
        IN_FORCE = "in_force", pgettext_lazy("decision", "decided")
        REFUSED = "refused", pgettext_lazy("decision", "not confirmed")

    kind = models.CharField(_("kind"), max_length=14)
    subject = models.BigIntegerField(null=True, blank=True)
    said: models.JSONField[dict[str, str]] = models.JSONField(_("what for"), default=dict)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_on = models.DateField(_("decided on"))
    decided_at = models.DateTimeField(auto_now_add=True)
    budget = models.ForeignKey(
        AwardBudget, on_delete=models.PROTECT, related_name="decisions", null=True, blank=True
    )
    teams = ArrayField(models.BigIntegerField(), default=list, blank=True)
    each = models.PositiveIntegerField(_("points for each"))
    people = models.PositiveIntegerField(_("people"))
    reserved = models.BigIntegerField(_("set aside"))
    paid = models.BigIntegerField(_("paid"), default=0, db_default=0)
    short = models.BigIntegerField(_("waits for a budget"), default=0, db_default=0)
    status = models.CharField(
        _("status"), max_length=8, choices=Status.choices, default=Status.IN_FORCE
    )
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    second_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True, max_length=1000)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("decision about points")
        verbose_name_plural = _("decisions about points")
        indexes = [
            models.Index(fields=["status"], condition=Q(status="waiting"), name="decision_waiting"),
            models.Index(fields=["decided_by", "-id"], name="decision_by"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=~Q(status="refused"),
                name="decision_of_one_thing",
            ),
            models.CheckConstraint(
                name="decision_kept", condition=Q(paid__gte=0, paid__lte=F("reserved"))
            ),
            models.CheckConstraint(
                name="decision_second_is_another",
                condition=Q(second_by=None) | ~Q(second_by=F("decided_by")),
            ),
            models.CheckConstraint(
                name="decision_has_budget",
                condition=Q(budget__isnull=False) | Q(decided_by__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject or self.pk}"

    @property
    def words(self) -> str:
        """What it is for, in the reader's language."""
        return in_readers_language(self.said.get("en", ""), self.said.get("zh-hans", ""))

    @property
    def about(self) -> int:
        """The id of what is paid for; 0 for an award by hand, which is itself."""
        return self.subject or 0

    def get_kind_display(self) -> str:
        """What its kind is called."""
        kind = decision_kind(self.kind)
        return str(kind.label) if kind else self.kind

    @property
    def total(self) -> int:
        """Points for everyone whom it addresses."""
        return self.each * self.people

    @property
    def waits(self) -> bool:
        """Whether a second person has still to confirm it."""
        return self.status == self.Status.WAITING

    @property
    def is_in_force(self) -> bool:
        """Whether it may pay."""
        return self.status == self.Status.IN_FORCE

    @property
    def deciders(self) -> frozenset[int]:
        """Ids of those who decided it: it pays them nothing."""
        found = (self.decided_by_id, self.second_by_id)
        return frozenset(each for each in found if each is not None)
