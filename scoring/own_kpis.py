"""Taking KPIs and measures out of use: deleted when nothing needs them, else archived."""

from collections.abc import Callable
from typing import TypeAlias

from django.utils.translation import gettext as _

from scoring.expressions import ExpressionError, parse
from scoring.kpis import known_measures
from scoring.models import CustomMeasure, Kpi

Uses: TypeAlias = Callable[[str], list[str]]
# Other capabilities (scorecards, badges, …) add a function that names what uses a KPI's key.
KPI_USES: list[Uses] = []


class StillUsed(ValueError):
    """The thing cannot go because something uses it; the message names what and what to do."""


def uses_of_kpi(kpi: Kpi) -> list[str]:
    """What uses the KPI, in words."""
    return [use for uses in KPI_USES for use in uses(kpi.key)]


def uses_of_measure(measure: CustomMeasure) -> list[str]:
    """Keys of the KPIs whose numerator or denominator names the measure."""
    known = known_measures()
    return [
        kpi.key
        for kpi in Kpi.objects.order_by("key")
        if any(measure.key in _named(text, known) for text in (kpi.numerator, kpi.denominator))
    ]


def _named(text: str, known: dict[str, str]) -> tuple[str, ...]:
    try:
        return parse(text, known=known).measures if text else ()
    except ExpressionError:
        return ()


def delete_kpi(*, kpi: Kpi) -> None:
    """Delete a KPI of the company's own. Raises StillUsed for shipped ones and used ones."""
    if kpi.shipped:
        raise StillUsed(_("“%(name)s” ships with the product: archive it.") % {"name": kpi.name})
    uses = uses_of_kpi(kpi)
    if uses:
        raise StillUsed(
            _("“%(name)s” is used by %(uses)s: archive it, or change those first.")
            % {"name": kpi.name, "uses": ", ".join(uses)}
        )
    kpi.delete()


def delete_measure(*, measure: CustomMeasure) -> None:
    """Delete an own measure. Raises StillUsed while a KPI names it."""
    uses = uses_of_measure(measure)
    if uses:
        raise StillUsed(
            _("“%(name)s” is used by the KPIs %(uses)s: archive it, or change those first.")
            % {"name": measure.name, "uses": ", ".join(uses)}
        )
    measure.delete()


def set_archived(*, thing: Kpi | CustomMeasure, archived: bool) -> None:
    """Take a KPI or measure out of use, or back into use; its history stays."""
    thing.archived = archived
    thing.save(update_fields=["archived"])
