"""Audit of corrections: facts say what granted appeals have decided about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from incentives.capabilities import Difference
from scoring.figures.auditing import AuditNames
from scoring.ingest.corrections import find_fact
from scoring.models import Correction


def corrections(_cursor: Any) -> Iterator[Difference]:
    """Facts that do not say what granted appeals in effect have decided about them."""
    settled = Correction.objects.filter(appeal__settled_at__isnull=False).order_by("-pk")
    seen: set[tuple[Any, ...]] = set()
    names = AuditNames()
    for each in settled.select_related("source"):
        fact = find_fact(each.kind, each.source_id, each.external_id)
        if fact is None:
            continue
        what = f"{each.source} {each.external_id}"
        for column in each.voided:
            value = getattr(fact, column, None)
            if value is not None and value is not (column == "deleted"):
                yield Difference(f"{what} {column}", str(value), "–")
        key = (each.kind, each.source_id, each.external_id)
        if each.reassigns and key not in seen:
            seen.add(key)
            if fact.agent_id != each.agent_id:
                stored, right = names.agent(fact.agent_id), names.agent(each.agent_id)
                yield Difference(f"{what} agent", stored, right)
