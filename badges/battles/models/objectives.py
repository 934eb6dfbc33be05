"""What has to be reached in a battle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from badges.battles.models.battles import Battle
from incentives.org.models.history import tracked
from scoring.figures.windows import Span

_OPEN = "status NOT IN ('draft', 'rehearsal')"
_REFUSE_OBJECTIVE = (
    "IF EXISTS (SELECT FROM badges_battle WHERE id = {row}.battle_id AND " + _OPEN + ") THEN"
    " RAISE EXCEPTION 'The objectives of a published battle are not changed.'"
    " USING ERRCODE = '23514'; END IF; RETURN {row};"
)


@tracked()
class BattleObjective(models.Model):
    """What has to be reached: an amount that tickets add up to, or a level that must hold.

    An amount is an expression of measures (`measure`) whose sum reaches `target`. A level compares
    a KPI (`metric`) of the battle's teams over its days with `target`, on at least `least`.
    """

    class Kind(models.TextChoices):
        AMOUNT = "amount", _("an amount")
        LEVEL = "level", _("a level")

    OPS: Sequence[tuple[str, Any]] = [(">=", _("at least")), ("<=", _("at most"))]

    battle = models.ForeignKey(Battle, on_delete=models.CASCADE, related_name="objectives")
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    measure = models.CharField(_("what is counted"), max_length=300, blank=True)
    metric = models.CharField(_("KPI"), max_length=100, blank=True)
    op = models.CharField(_("comparison"), max_length=2, choices=OPS, default=">=")
    target = models.DecimalField(_("target"), max_digits=18, decimal_places=6)
    least = models.DecimalField(_("least volume"), max_digits=18, decimal_places=6, default=0)

    class Meta:
        ordering = ["battle", "order", "pk"]
        verbose_name = _("objective of a battle")
        verbose_name_plural = _("objectives of battles")
        constraints = [
            models.CheckConstraint(
                name="battleobjective_kind",
                condition=(
                    Q(kind="amount", metric="", op=">=", least=0, target__gt=0) & ~Q(measure="")
                )
                | (Q(kind="level", measure="", least__gt=0) & ~Q(metric="")),
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="objectives_are_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=_REFUSE_OBJECTIVE.format(row="OLD").replace(
                    "RETURN OLD", "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW"
                ),
            ),
            pgtrigger.Trigger(
                name="no_more_objectives",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_REFUSE_OBJECTIVE.format(row="NEW"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.op} {self.target:f}"

    @property
    def is_amount(self) -> bool:
        """Whether every ticket counts towards it."""
        return self.kind == self.Kind.AMOUNT

    @property
    def key(self) -> str:
        """What is compared, as `scoring.figures.metrics.find_metrics` understands it."""
        return f"={self.measure}" if self.is_amount else self.metric

    def criterion(self, days: Span) -> dict[str, Any]:
        """The objective as a criterion over these days, for checks, sentences and judging."""
        what = {"measure": self.measure} if self.is_amount else {"metric": self.metric}
        window = {"from": str(days.start), "to": str(days.end)}
        least = {} if self.is_amount else {"least": str(self.least)}
        return {**what, "window": window, "op": self.op, "value": str(self.target), **least}
