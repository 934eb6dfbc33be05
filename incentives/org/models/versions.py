"""Things that change only by new versions: drafts are edited, what is published stays as it is.

A model that is a `Version` says which field its versions share (`OF`) and what a new one takes over
from the one before (`CONTENT`), and puts `version_constraints` and `version_triggers` into its Meta:
the database lets one version hold a day, and freezes what is published.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar, Self, TypeAlias

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models, transaction
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.org.models.people import Person
from incentives.org.refusals import Refused

#: Sentences by the field that they are about.
Problems: TypeAlias = Mapping[str, Sequence[str]]
_ONE_DAY = timedelta(days=1)


class Version(models.Model):
    """One version of something, from one day to another; frozen once published.

    Operations lock all versions of the thing, so that of two at once the second sees what the first
    has done. `on_change` is told of each run of days for which something else holds now: a version,
    the first day, and the last one or None.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", gettext_lazy("Draft")
        PUBLISHED = "published", gettext_lazy("Published")

    OF: ClassVar[str] = "key"
    CONTENT: ClassVar[tuple[str, ...]]

    version = models.PositiveIntegerField(gettext_lazy("version"), default=1)
    starts_on: models.DateField[Any, Any] = models.DateField(gettext_lazy("from"))
    ends_on = models.DateField(gettext_lazy("until"), null=True, blank=True)
    status = models.CharField(
        gettext_lazy("status"), max_length=10, choices=Status.choices, default=Status.DRAFT
    )
    published_at = models.DateTimeField(gettext_lazy("published"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def is_published(self) -> bool:
        """Whether it is frozen and holds in its days."""
        return self.status == self.Status.PUBLISHED

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was taken back before its first day."""
        return self.ends_on is not None and self.ends_on < self.starts_on

    def holds_on(self, day: date) -> bool:
        """Whether it is published and its days include `day`."""
        ended = self.ends_on is not None and self.ends_on < day
        return self.is_published and self.starts_on <= day and not ended

    def versions(self) -> models.QuerySet[Self]:
        """All versions of the thing that this is a version of, the oldest first."""
        same = {self.OF: getattr(self, self.OF)}
        return type(self)._default_manager.filter(**same).order_by("version", "pk")

    def rivals(self) -> models.QuerySet[Self]:
        """What nobody may publish while this is published: the versions of the thing."""
        return self.versions()

    def _locked(self) -> Self:
        for each in self.rivals().select_for_update(of=("self",)):
            if each.pk == self.pk:
                return each
        raise Refused(_("Someone deleted this draft meanwhile."))

    @transaction.atomic
    def publish(
        self,
        *,
        by: Person | None,
        problems: Callable[[Self], Problems],
        on_change: Callable[[Self, date, date | None], object],
        **chosen: Any,
    ) -> Self:
        """Put the draft into force from its first day; the version before ends the day before.

        `chosen` are values that it gets with that. Published already, it stays as it is. Raises
        Refused with what `problems` finds.
        """
        current = self._locked()
        if current.is_published:
            return current
        for name, value in chosen.items():
            setattr(current, name, value)
        found = problems(current)
        if any(found.values()):
            raise Refused(found)
        for other in current.versions():
            if other.holds_on(current.starts_on):
                other._end(current.starts_on - _ONE_DAY, on_change)
        current.status = self.Status.PUBLISHED
        current.published_at, current.published_by = timezone.now(), by
        current.save()
        on_change(current, current.starts_on, current.ends_on)
        return current

    @transaction.atomic
    def new_version(self, *, starts_on: date | None) -> Self:
        """The draft that follows: the one there is, or a copy of this version."""
        versions = self.versions()
        # Looked for again: whoever held the lock may have begun the draft, or deleted it.
        list(versions.select_for_update(of=("self",)))
        newest = versions.last()
        if newest is None:
            raise Refused(_("Someone deleted this draft meanwhile."))
        if not newest.is_published:
            return newest
        shared = {name: getattr(self, name) for name in (self.OF, *self.CONTENT)}
        draft = type(self)._default_manager.create(
            version=newest.version + 1, starts_on=starts_on, **shared
        )
        self.copy_parts(draft)
        return draft

    def copy_parts(self, draft: Self) -> None:
        """Give a new draft what belongs to this version in other tables."""

    @transaction.atomic
    def retire(
        self,
        *,
        after: date,
        on_change: Callable[[Self, date, date | None], object],
        today: date | None = None,
    ) -> Self:
        """Let a published version hold until `after`, included.

        With `today`, one that has not begun by then is withdrawn. Raises Refused for drafts, and for
        days before its first or from the one on that it ends on.
        """
        current = self._locked()
        if not current.is_published:
            raise Refused(_("A draft is not in force: discard it."))
        if today is not None and current.starts_on > today:
            after = current.starts_on - _ONE_DAY
        elif after < current.starts_on:
            raise Refused(_("The last day is before the first day: choose a later one."))
        if current.ends_on is not None and current.ends_on <= after:
            text = _("This version ends on %(day)s already.")
            raise Refused(text % {"day": date_format(current.ends_on, "DATE_FORMAT")})
        current._end(after, on_change)
        return current

    def _end(self, day: date, on_change: Callable[[Self, date, date | None], object]) -> None:
        last, self.ends_on = self.ends_on, day
        self.save(update_fields=["ends_on"])
        on_change(self, day + _ONE_DAY, last)

    @transaction.atomic
    def discard(self) -> None:
        """Delete a draft. Raises Refused for a published version."""
        current = self._locked()
        if current.is_published:
            raise Refused(_("A published version stays for the record: let it end."))
        current.delete()


def version_constraints(
    model: str, *, of: str = "key", apart: Sequence[Func] | None = None
) -> list[models.BaseConstraint]:
    """Numbers without repetition, one draft, and one published version a day of each thing.

    `apart` are the ranges (`of_text`, `of_row`) that tell things apart which may hold at once; those
    of `of` by default.
    """
    apart = [of_text(of)] if apart is None else apart
    days = Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange")
    equal = [(each, RangeOperators.EQUAL) for each in apart]
    return [
        models.UniqueConstraint(fields=[of, "version"], name=f"{model}_version"),
        models.UniqueConstraint(
            fields=[of], condition=Q(status="draft"), name=f"{model}_one_draft"
        ),
        ExclusionConstraint(
            name=f"{model}_one_a_day",
            expressions=[*equal, (days, RangeOperators.OVERLAPS)],
            # A version that ends before it begins never applied: it was withdrawn.
            condition=Q(status="published") & (Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))),
        ),
    ]


def of_text(column: str) -> Func:
    """A text as a range that GiST can compare without the extension btree_gist: of its hash."""
    number = Func(F(column), Value(0), function="hashtextextended")
    return Func(number, number, Value("[]"), function="int8range")


def of_row(column: str, *, or_none: bool = False) -> Func:
    """A foreign key as such a range; with `or_none` no row is like one of its own."""
    number: Any = Coalesce(F(column), Value(0)) if or_none else F(column)
    return Func(number, number, Value("[]"), function="int8range")


def version_triggers(what: str) -> list[pgtrigger.Trigger]:
    """What is published stays, except that it may end earlier; `what` is its name in the refusal."""
    refuse = (
        f"RAISE EXCEPTION 'A published {what} stays: make a new version.' USING ERRCODE = '23514';"
    )
    changed = (
        "OLD.status = 'published' AND ("
        "to_jsonb(OLD) - 'ends_on' IS DISTINCT FROM to_jsonb(NEW) - 'ends_on'"
        " OR coalesce(NEW.ends_on, 'infinity') > coalesce(OLD.ends_on, 'infinity'))"
    )
    return [
        pgtrigger.Trigger(
            name="published_is_frozen",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=pgtrigger.Condition(changed),
            func=refuse,
        ),
        pgtrigger.Trigger(
            name="published_stays",
            when=pgtrigger.Before,
            operation=pgtrigger.Delete,
            condition=pgtrigger.Condition("OLD.status = 'published'"),
            func=refuse,
        ),
    ]
