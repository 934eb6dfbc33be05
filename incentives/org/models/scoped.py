"""Whom something is for: kept beside it as data, or as the teams that it names."""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from incentives.org.models.teams import Team
from incentives.org.scope import Scope

M = TypeVar("M", bound=models.Model)


class Scoped(models.Model):
    """What holds for some people alone: teams, newcomers, channels (`incentives.org.scope`)."""

    applies_to: models.JSONField[dict[str, Any]] = models.JSONField(
        _("who it is for"), default=dict, blank=True
    )

    class Meta:
        abstract = True

    @property
    def scope(self) -> Scope:
        """Whom it is for. Raises pydantic's ValidationError for what is no scope."""
        return Scope.model_validate(self.applies_to)


class ForTeamsQuerySet(models.QuerySet[M]):
    """Reads over what is for its `teams`, or, without any, for everyone."""

    def for_teams(self, teams: Any) -> Self:
        """What is for one of the teams, or for everyone."""
        links = self._links()
        return self.filter(~Exists(links) | Exists(links.filter(team__in=teams)))

    def within_teams(self, teams: Any) -> Self:
        """What is for nobody beyond the teams."""
        links = self._links()
        return self.filter(Exists(links), ~Exists(links.exclude(team__in=teams)))

    def _links(self) -> models.QuerySet[Any]:
        teams: Any = self.model._meta.get_field("teams")
        through: type[models.Model] = teams.remote_field.through
        of = {str(self.model._meta.model_name): OuterRef("pk")}
        return through._default_manager.filter(**of)


class ForTeams(models.Model):
    """What is for some teams; without any it is for everyone."""

    teams = models.ManyToManyField(Team, verbose_name=_("teams"), blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def team_ids(self) -> list[int] | None:
        """The ids of its teams in order; None for everyone."""
        return sorted(team.pk for team in self.teams.all()) or None
