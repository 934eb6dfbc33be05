"""The points ledger: earned entries, never edited, and lifetime totals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incentives.org.models.history import append_only
from incentives.org.wording import in_readers_language
from scoring.models.kinds import ledger_kind

from .decisions import PointDecision
from .point_rules import PointRule

# Foreign keys are checked once a statement: checked entry by entry they cost as much as all the
# rest of a night's posting. What they point at stays: entries, published rules and people with
# lifetime points cannot be deleted. One statement adds a whole night to the running totals; the
# order keeps two writers from waiting for each other.
_ADD_UP = """
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT rule_id, actor_id, reverses_id FROM added) a
        WHERE (rule_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM scoring_pointrule WHERE id = a.rule_id))
            OR (actor_id IS NOT NULL AND NOT EXISTS (SELECT FROM org_person WHERE id = a.actor_id))
            OR (reverses_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM scoring_pointentry WHERE id = a.reverses_id)))
    THEN
        RAISE EXCEPTION 'A points entry names a rule, person or entry that does not exist.'
            USING ERRCODE = '23503';
    END IF;
    IF EXISTS (
        SELECT FROM added a
        WHERE (a.decision_id IS NOT NULL OR a.kind NOT IN ('rule', 'quest', 'badge'))
            AND a.amount > 0 AND NOT EXISTS (
                SELECT FROM scoring_pointdecision WHERE id = a.decision_id AND status = 'in_force'))
    THEN
        RAISE EXCEPTION 'No decision in force stands behind a points entry.' USING ERRCODE = '23514';
    END IF;
    UPDATE scoring_pointdecision AS d SET paid = d.paid + a.amount
    FROM (SELECT decision_id, sum(amount) AS amount FROM added
        WHERE decision_id IS NOT NULL GROUP BY decision_id) a
    WHERE d.id = a.decision_id AND a.amount <> 0;
    INSERT INTO scoring_pointtotal AS t (agent_id, lifetime)
    SELECT agent_id, sum(amount) FROM added GROUP BY agent_id ORDER BY agent_id
    ON CONFLICT (agent_id) DO UPDATE SET lifetime = t.lifetime + excluded.lifetime;
    RETURN NULL;
"""


class PointEntry(models.Model):
    """Points given or taken back: when they were earned, when they count, why.

    `occurred_on` is the day of the facts; `booked_on` is the day that the points count on: the
    same, or the night's day when the season of the facts is closed already. `quantity` is what
    was counted that day when the entry was made. An occasion is posted once: entries of rules are
    numbered (`nth` of agent, day and rule), all others have a `source_key`. What people decided
    names the `decision`. `cause` is read by `scoring.explain.words`; its "said" are words for the
    reader, by language, and "withheld" points that were due and not given ("because" says why).
    """

    id = models.BigAutoField(primary_key=True)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="point_entries",
        db_index=False,
        db_constraint=False,
        verbose_name=_("agent"),
    )
    occurred_on = models.DateField(_("earned on"))
    booked_on = models.DateField(_("counts on"))
    amount = models.IntegerField(_("points"))
    kind = models.CharField(_("kind"), max_length=14)
    rule = models.ForeignKey(
        PointRule,
        on_delete=models.PROTECT,
        related_name="entries",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    nth = models.PositiveSmallIntegerField(_("number"), null=True, blank=True)
    quantity: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        _("counted"), max_digits=24, decimal_places=6, null=True, blank=True
    )
    source_key = models.TextField(null=True, blank=True, db_collation="C")
    cause: models.JSONField[dict[str, Any]] = models.JSONField(default=dict, blank=True)
    reason = models.TextField(_("reason"), blank=True, default="", db_default="")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
        verbose_name=_("by"),
    )
    reverses = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    decision = models.ForeignKey(
        PointDecision,
        on_delete=models.PROTECT,
        related_name="entries",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())

    class Meta:
        ordering = ["-id"]
        verbose_name = _("points entry")
        verbose_name_plural = _("points entries")
        indexes = [
            # Entries of one day come together: a map of where to look is enough, and costs nothing.
            BrinIndex(fields=["booked_on"], name="pointentry_booked", autosummarize=True),
            models.Index(fields=["rule", "occurred_on"], name="pointentry_rule_day"),
            models.Index(fields=["actor"], condition=~Q(actor=None), name="pointentry_actor"),
            models.Index(
                fields=["decision", "agent"],
                condition=Q(decision__isnull=False),
                name="pointentry_decision",
            ),
            # What someone got from decisions in a month.
            models.Index(
                fields=["agent", "booked_on"],
                include=["amount"],
                condition=Q(decision__isnull=False),
                name="pointentry_decided",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="pointentry_not_zero",
                condition=~Q(amount=0) | Q(decision__isnull=False, cause__has_key="withheld"),
            ),
            models.CheckConstraint(
                name="pointentry_of_a_rule",
                condition=Q(kind="rule", rule__isnull=False)
                | (~Q(kind="rule") & Q(rule__isnull=True)),
            ),
            models.CheckConstraint(
                name="pointentry_posted_once",
                condition=Q(nth__isnull=False) | Q(source_key__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["agent", "occurred_on", "rule", "nth"],
                include=["amount", "booked_on"],
                name="pointentry_agent_day",
            ),
            models.UniqueConstraint(
                fields=["source_key"],
                condition=Q(source_key__isnull=False),
                name="pointentry_source",
            ),
            models.CheckConstraint(
                name="pointentry_by_someone",
                condition=~Q(kind="manual") | (Q(actor__isnull=False) & ~Q(reason="")),
            ),
        ]
        triggers = [
            append_only("The points ledger is never edited"),
            pgtrigger.Trigger(
                name="add_up",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),  # type: ignore[no-untyped-call]
                func=_ADD_UP,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.occurred_on} {self.amount:+d}"

    def get_kind_display(self) -> str:
        """What its kind is called."""
        if self.kind == "rule":
            return str(_("Rule"))
        kind = ledger_kind(self.kind)
        return str(kind.label) if kind else self.kind

    @property
    def withheld(self) -> int:
        """Points that were due as well and not given: `cause` says why ("because")."""
        return int(self.cause.get("withheld", 0))

    @property
    def words(self) -> str:
        """What it was for in the reader's language, where it is known in both; else the reason."""
        said = self.cause.get("said") or {"en": self.reason}
        return in_readers_language(said["en"], said.get("zh-hans", ""))


class PointTotal(models.Model):
    """All points of an agent's life in the company, kept by the ledger's own trigger."""

    agent = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="point_total",
    )
    lifetime = models.BigIntegerField(_("lifetime points"))

    class Meta:
        verbose_name = _("lifetime points")
        verbose_name_plural = _("lifetime points")

    def __str__(self) -> str:
        return f"{self.agent_id} {self.lifetime}"


class PointVerdict(models.Model):
    """How a rule's guard stood in a week, month or quarter when its points were last posted.

    Only where it has turned since, the other days of the period have to be looked at again.
    """

    pk = models.CompositePrimaryKey("rule_id", "agent_id", "starts_on")
    rule = models.ForeignKey(
        PointRule, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    starts_on = models.DateField()
    met = models.BooleanField()

    class Meta:
        verbose_name = _("verdict on a guard")
        verbose_name_plural = _("verdicts on guards")

    def __str__(self) -> str:
        return f"{self.rule_id} {self.agent_id} {self.starts_on} {self.met}"


class PointSettlement(models.Model):
    """One row: the last day whose ended weeks and months have been judged by threshold rules."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    settled_on = models.DateField()

    class Meta:
        verbose_name = _("settlement of points")
        verbose_name_plural = _("settlements of points")
        constraints = [models.CheckConstraint(name="pointsettlement_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return self.settled_on.isoformat()

    @classmethod
    def last_day(cls) -> date | None:
        """The last day up to which ended periods have been judged; None before the first night."""
        days = cls._default_manager.filter(pk=1).values_list("settled_on", flat=True)
        return days.first()


class LedgerMark(models.Model):
    """How far someone who follows the ledger has read it: the highest entry seen."""

    reader = models.CharField(primary_key=True, max_length=20)
    entry = models.BigIntegerField()

    class Meta:
        verbose_name = _("mark in the ledger")
        verbose_name_plural = _("marks in the ledger")

    def __str__(self) -> str:
        return f"{self.reader} {self.entry}"
