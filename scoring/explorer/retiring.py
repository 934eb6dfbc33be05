"""Taking KPIs and measures out of use: deleted when nothing needs them, else archived."""

from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from incentives.capabilities import declared
from incentives.org.refusals import Refused
from scoring.figures.expressions import ExpressionError, parse
from scoring.figures.kpis import known_measures
from scoring.figures.uses import Uses
from scoring.models import CustomMeasure, Kpi


def uses_of_kpi(kpi: Kpi) -> list[str]:
    """What uses the KPI, in words."""
    return [use for uses in declared(Uses) for use in uses.of_kpi(kpi.key)]


def uses_of_measure(measure: CustomMeasure) -> list[str]:
    """What names the measure, in words: KPIs in their formula, and whatever counts it itself."""
    known = known_measures()
    kpis = [
        _("the KPI “%(name)s”") % {"name": kpi.name}
        for kpi in Kpi.objects.order_by("key")
        if any(measure.key in _named(text, known) for text in kpi.formulas)
    ]
    return kpis + [use for uses in declared(Uses) for use in uses.of_measure(measure.key)]


def _named(text: str, known: dict[str, str]) -> tuple[str, ...]:
    try:
        return parse(text, known=known).measures if text else ()
    except ExpressionError:
        return ()


def delete_kpi(*, kpi: Kpi) -> None:
    """Delete a KPI of the company's own. Raises Refused for shipped ones and used ones."""
    if kpi.shipped:
        raise Refused(_("“%(name)s” ships with the product: archive it.") % {"name": kpi.name})
    uses = uses_of_kpi(kpi)
    if uses:
        raise Refused(
            _("“%(name)s” is used by %(uses)s: archive it, or change those first.")
            % {"name": kpi.name, "uses": ", ".join(uses)}
        )
    try:
        kpi.delete()
    except ProtectedError as error:
        text = _("“%(name)s” is used elsewhere: archive it.")
        raise Refused(text % {"name": kpi.name}) from error


def delete_measure(*, measure: CustomMeasure) -> None:
    """Delete an own measure. Raises Refused while anything names it."""
    uses = uses_of_measure(measure)
    if uses:
        raise Refused(
            _("“%(name)s” is used by %(uses)s: archive it, or change those first.")
            % {"name": measure.name, "uses": ", ".join(uses)}
        )
    measure.delete()


def set_archived(*, thing: Kpi | CustomMeasure, archived: bool) -> None:
    """Take a KPI or measure out of use, or back into use; its history stays."""
    thing.archived = archived
    thing.save(update_fields=["archived"])
