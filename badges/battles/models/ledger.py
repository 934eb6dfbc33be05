"""What happens in a battle: who fights, each blow as a ledger that only grows, and the state of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from badges.battles.models.battles import Battle
from badges.battles.models.objectives import BattleObjective
from incentives.org.models import Team
from incentives.org.models.history import append_only

# A rehearsal's blows may go with it; what people have seen stays.
_ANNOUNCED = """
    IF EXISTS (
        SELECT FROM badges_battle WHERE id = OLD.battle_id AND status IN ('draft', 'rehearsal'))
    THEN RETURN OLD; END IF;
    RAISE EXCEPTION '{what}: add a new entry.' USING ERRCODE = '23514';
"""
_NEVER_EDITED = "The damage of a battle is never edited"


class BattleMember(models.Model):
    """Someone who fights: from the first day on, as a late joiner, a helper or a guest of a team.

    What is credited to the battle's teams counts, whoever did it: a helper is someone of another
    team who did some of it. Of a guest all days from `joined_on` on count, for `team`.
    """

    class How(models.TextChoices):
        START = "start", _("from the beginning")
        LATE = "late", _("joined later")
        HELPER = "helper", _("helped a team")
        GUEST = "guest", _("guest")

    battle = models.ForeignKey(Battle, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="battles"
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    joined_on = models.DateField(_("joined on"))
    left_on = models.DateField(_("last day"), null=True, blank=True)
    how = models.CharField(_("how"), max_length=6, choices=How.choices)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["battle", "joined_on", "pk"]
        verbose_name = _("fighter")
        verbose_name_plural = _("fighters")
        constraints = [
            models.UniqueConstraint(fields=["battle", "person"], name="battlemember_once"),
            models.CheckConstraint(
                name="battlemember_days",
                condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.battle_id} {self.person_id}"


class BattleDamage(models.Model):
    """An amount that someone's facts of a day add to an objective; corrections are new rows.

    What counts is the sum over the rows of an objective, day, team and person: what the facts say
    now less what stands here already is added by the night, as the next `nth`. Foreign keys have no
    constraint in the database, as in the points ledger: what they point at cannot be deleted.
    """

    id = models.BigAutoField(primary_key=True)
    battle = models.ForeignKey(
        Battle, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    objective = models.ForeignKey(
        BattleObjective,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    day = models.DateField(_("day of the facts"))
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    nth = models.PositiveSmallIntegerField(_("number"))
    amount: models.DecimalField[Decimal, Decimal] = models.DecimalField(
        _("amount"), max_digits=24, decimal_places=6
    )
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())

    class Meta:
        ordering = ["-id"]
        verbose_name = _("damage")
        verbose_name_plural = _("damage")
        constraints = [
            models.UniqueConstraint(
                fields=["objective", "day", "person", "team", "nth"],
                include=["amount"],
                nulls_distinct=False,
                name="battledamage_once",
            ),
            models.CheckConstraint(name="battledamage_not_zero", condition=~Q(amount=0)),
        ]
        indexes = [models.Index(fields=["person", "battle"], name="battledamage_person")]
        triggers = [
            append_only(_NEVER_EDITED, operation=pgtrigger.Update | pgtrigger.Truncate),
            pgtrigger.Trigger(
                name="announced_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=_ANNOUNCED.format(what=_NEVER_EDITED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.battle_id} {self.day} {self.person_id} {self.amount}"


class BattleState(models.Model):
    """How a battle stands: one row that pages read, worked out from the damage by the night.

    `health` is 1 at the beginning and exactly 0 when it is won. `objectives` is keyed by objective
    id: {"done": "812", "share": 0.81, "met": false} and for levels "value", "volume". `teams` is keyed
    by team id ("0" for no team): {"share": 0.3, "people": 12, "done": {objective id: "300"}}. `days` is
    keyed by day: {objective id: "120", "people": 9}. `course` is keyed by night: the health of then. `recount` asks
    the next night to look at all of the battle's days; `told` counts what its fighters were told.
    """

    battle = models.OneToOneField(
        Battle, on_delete=models.CASCADE, primary_key=True, related_name="state"
    )
    as_of = models.DateField(_("as of"), null=True)
    health = models.DecimalField(_("health"), max_digits=7, decimal_places=6, default=Decimal(1))
    held_since = models.DateField(_("at zero since"), null=True)
    phase = models.SmallIntegerField(_("phase"), default=0)
    people = models.PositiveIntegerField(_("people who took part"), default=0)
    objectives: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    teams: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    days: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    course: models.JSONField[dict[str, str]] = models.JSONField(default=dict)
    recount = models.BooleanField(default=True)
    told: models.JSONField[dict[str, int]] = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("state of a battle")
        verbose_name_plural = _("states of battles")
        constraints = [
            models.CheckConstraint(
                name="battlestate_health", condition=Q(health__gte=0, health__lte=1)
            )
        ]

    def __str__(self) -> str:
        return f"{self.battle_id} {self.health}"
