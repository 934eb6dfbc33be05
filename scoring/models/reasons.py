"""Why a value or a row was not taken: codes that are stored, and their sentences."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_SENTENCES = {
    "not_a_number": _("“%(value)s” is not a number."),
    "not_whole": _("“%(value)s” is not a whole number."),
    "not_a_time": _("“%(value)s” is not a date and time in the mapping's format."),
    "not_a_day": _("“%(value)s” is not a date in the mapping's format."),
    "not_a_duration": _("“%(value)s” is not a duration in the mapping's unit."),
    "not_a_flag": _("“%(value)s” is neither yes nor no; add it to true or false in the mapping."),
    "outside_scale": _("“%(value)s” is outside of the rating scale."),
    "outside_limits": _("“%(value)s” is outside of what is possible for this field."),
    "negative": _("A duration cannot be negative: “%(value)s”."),
    "before_request": _("“%(value)s” lies before the request was opened."),
    "too_long": _("The text has over 2,000 characters."),
    "unknown_word": _("“%(value)s” is not known here: %(detail)s"),
    "missing_id": _("The row has no id."),
    "missing_day": _("The row has no date, so it counts on no day."),
    "missing_kind": _("The row does not say what kind of activity it is."),
    "ragged_row": _("The row does not fit the header: %(detail)s"),
    "cell": _("The cell could not be read: %(detail)s"),
    "people": "%(detail)s",
}


def sentence(code: str, *, column: str = "", value: str = "", detail: str = "") -> str:
    """The reason as one sentence in the reader's language."""
    text = str(_SENTENCES.get(code, "%(detail)s"))
    return text % {"column": column, "value": value[:200], "detail": detail}
