"""Corrections: what granted appeals say about facts, applied now and upheld by every later import.

A correction is kept beside its fact. It changes the stored fact once, and every import puts it
into the staged rows before they are merged, so that a file that repeats the old value says nothing
new.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from incentives.org.models import Membership, Person
from scoring.figures.contributions import KINDS
from scoring.figures.measures import MEASURES
from scoring.ingest.fields import FIELDS
from scoring.ingest.load import Stage
from scoring.models import Appeal, Correction, Fact, Import, Kpi
from scoring.models.sources import FactKind

WHOLE = "whole"
# Stands before the id of an agent whom an appeal has named; no file's key begins with it.
_MARK = "\x01"


@dataclass(frozen=True, slots=True)
class Part:
    """What can be declared not known about a fact: its columns, and its name in words."""

    label: Any
    columns: tuple[str, ...]


_LABELS = {
    "csat": _("Satisfaction rating"),
    "nps": _("Recommendation"),
    "complaint": _("Complaint"),
    "quality": _("Quality review"),
    "response": _("First response time"),
    "answer": _("Speed of answer"),
    "resolution": _("Resolution time"),
    "handling": _("Handle time"),
    "reopened": _("Reopening"),
    "first_contact": _("First-contact resolution"),
    "concurrency": _("Chats at the same time"),
}
_FIELDS = FIELDS[FactKind.TICKETS].values()
PARTS: dict[str, Part] = {
    part: Part(label, tuple(field.name for field in _FIELDS if field.contestable == part))
    for part, label in _LABELS.items()
}
PARTS[WHOLE] = Part(_("All of it"), ("deleted",))


@dataclass(frozen=True, slots=True)
class Remedy:
    """What is to be changed about one fact: whose it is, or parts of it that count no more."""

    kind: str
    source_id: int
    external_id: str
    reassigns: bool = False
    agent: Person | None = None
    parts: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        """The fact's columns that are to be not known."""
        return [column for part in self.parts for column in PARTS[part].columns]


def parts_of(fact: Fact) -> list[str]:
    """The parts that a fact has values for, the whole of it last."""
    filled = [
        name
        for name, part in PARTS.items()
        if name != WHOLE and any(getattr(fact, column, None) is not None for column in part.columns)
    ]
    return [*filled, WHOLE] if not fact.deleted else []


def parts_behind(kpi: Kpi) -> list[str]:
    """The parts of a ticket that a KPI is made of; the whole ticket where there is none."""
    words = re.findall(r"\w+", f"{kpi.numerator} {kpi.denominator}")
    fragments = " ".join(MEASURES[word].ticket or "" for word in words if word in MEASURES)
    used = set(re.findall(r"\bt\.(\w+)", fragments))
    found = [name for name, part in PARTS.items() if used.intersection(part.columns)]
    return found or [WHOLE]


def find_fact(kind: str, source_id: int, external_id: str) -> Any:
    """The stored fact, or None."""
    facts = KINDS[kind].model._default_manager.select_related("source", "channel", "agent")
    return facts.filter(source_id=source_id, external_id=external_id).first()


def record(appeal: Appeal, remedy: Remedy) -> Correction:
    """Keep a remedy beside its fact: imports uphold it from now on. Raises LookupError."""
    fact = find_fact(remedy.kind, remedy.source_id, remedy.external_id)
    if fact is None or fact.day is None:
        raise LookupError(remedy.external_id)
    names = [*remedy.columns, *(["agent_id"] if remedy.reassigns else [])]
    before = {name: getattr(fact, name, None) for name in names}
    return Correction.objects.create(
        appeal=appeal,
        kind=remedy.kind,
        source_id=remedy.source_id,
        external_id=remedy.external_id,
        reassigns=remedy.reassigns,
        agent=remedy.agent,
        agent_before_id=fact.agent_id,
        day=fact.day,
        voided=remedy.columns,
        before={name: None if value is None else str(value) for name, value in before.items()},
    )


def apply(cursor: Any, correction: Correction) -> None:
    """Change the stored fact as its correction says; lists its agent days in `touched_fact`.

    Needs the facts lock. A fact that becomes nobody's stays with the team of the agent who had
    it. Nothing is left to do for a fact that an import has taken away or corrected meanwhile.
    """
    fact = find_fact(correction.kind, correction.source_id, correction.external_id)
    if fact is None:
        return
    _touch(cursor, fact)
    stored = type(fact)._default_manager.filter(pk=fact.pk)
    stored.update(**_changes(fact, correction))
    _touch(cursor, stored.get())


def _changes(fact: Any, correction: Correction) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        column: True if column == "deleted" else None
        for column in correction.voided
        if hasattr(fact, column)
    }
    if correction.reassigns:
        wanted |= {"agent_id": correction.agent_id, "held_for": None}
        if correction.agent_id is None and fact.team_id is None:
            wanted["team_id"] = _team_on(fact.agent_id, fact.day)
    return wanted


def _team_on(person_id: int | None, day: Any) -> int | None:
    if person_id is None:
        return None
    found = Membership.objects.active(on=day).filter(person_id=person_id).first()
    return found.team_id if found else None


def _touch(cursor: Any, fact: Any) -> None:
    cursor.execute(
        "INSERT INTO touched_fact (agent_id, team_id, day) VALUES (%s, %s, %s),"
        " (NULL, %s, %s), (NULL, NULL, %s)",
        [fact.agent_id, fact.team_id, fact.day, fact.team_id, fact.day, fact.day],
    )


@contextmanager
def upheld(stage: Stage, run: Import) -> Iterator[None]:
    """While the staged rows are merged they say what corrections of their facts say.

    Two statements, and none for a source without corrections. Afterwards the marks are gone, so
    that the file's rows tell nothing about the teams of agents whom it did not name.
    """
    kind = str(stage.mapping.kind)
    known = Correction.objects.filter(source_id=run.source_id, kind=kind)
    assignments = list(_assignments(stage.columns))
    if not assignments or not known.exists():
        yield
        return
    cursor = stage.cursor
    if "agent" in stage.columns:
        cursor.execute(
            "INSERT INTO stage_agent (key, id) SELECT DISTINCT %s || agent_id, agent_id"
            " FROM scoring_correction WHERE source_id = %s AND kind = %s AND reassigns"
            " AND agent_id IS NOT NULL",
            [_MARK, run.source_id, kind],
        )
    cursor.execute(
        f"WITH k AS ({_SAID}) UPDATE stage s SET {', '.join(assignments)}"
        " FROM k WHERE k.external_id = s.external_id",
        {"source": run.source_id, "kind": kind, "mark": _MARK},
    )
    yield
    if "agent" in stage.columns:
        cursor.execute("DELETE FROM stage_agent WHERE left(key, 1) = %s", [_MARK])


# For each corrected fact: what is voided by any correction, and whose the newest one says it is.
_SAID = """
SELECT external_id,
  array(SELECT DISTINCT unnest(v.voided) FROM scoring_correction v WHERE v.source_id = %(source)s
    AND v.kind = %(kind)s AND v.external_id = c.external_id) AS voided,
  bool_or(reassigns) AS reassigns,
  %(mark)s || (array_agg(agent_id ORDER BY id DESC) FILTER (WHERE reassigns))[1] AS agent
FROM scoring_correction c WHERE source_id = %(source)s AND kind = %(kind)s GROUP BY external_id
"""


def _assignments(columns: Iterable[str]) -> Iterator[str]:
    """SET clauses for the staged columns that corrections can be about."""
    voidable = {column for part in PARTS.values() for column in part.columns}
    for column in columns:
        if column == "agent":
            yield "agent = CASE WHEN k.reassigns THEN k.agent ELSE s.agent END"
        elif column == "deleted":
            yield "deleted = s.deleted OR 'deleted' = ANY(k.voided)"
        elif column in voidable:
            yield f"{column} = CASE WHEN '{column}' = ANY(k.voided) THEN NULL ELSE s.{column} END"
