"""What a row's fields imply: days, durations between times, and the usual defaults.

Each rule fills a field that the mapping leaves out, from fields that it does fill; a field
that the mapping fills is never overruled. `docs/mappings.md` lists the rules.
"""

from __future__ import annotations

import polars as pl

from scoring.models.facts import Activity
from scoring.models.sources import FactKind

from .field_spec import satisfied_mark
from .fields import ACTIVITY_FIELDS, DAY_SOURCES, FIELDS
from .mapping import FileMapping
from .work import Work

SOLVED = ("solved", "resolved", "closed", "done", "completed", "已解决", "已关闭", "已完成")
UNSOLVED = (
    *("open", "new", "pending", "hold", "on-hold", "on hold", "in progress", "in-progress"),
    *("reopened", "escalated", "active", "snoozed", "waiting", "assigned"),
    *("待处理", "处理中", "进行中", "已升级", "挂起", "打开", "新建"),
)
# "Waiting on customer", "Awaiting vendor", "Pending 3rd party" and their like.
_WAITING = r"^(a?waiting|pending|on hold|in progress|reopen)"


def complete(work: Work, mapping: FileMapping, company_zone: str) -> None:
    """Fill what the mapped fields imply, for one batch."""
    if mapping.kind == FactKind.TICKETS:
        _complete_ticket(work, mapping)
    if mapping.kind == FactKind.QUEUES:
        _complete_interval(work)
    if mapping.kind == FactKind.ACTIVITIES:
        _complete_activity(work)
    if "day" not in work.columns:
        _day(work, mapping, company_zone)


def local_day(moment: pl.Series, zone: str) -> pl.Series:
    """The date of a UTC moment in `zone`."""
    return moment.dt.convert_time_zone(zone).dt.date()


def _day(work: Work, mapping: FileMapping, company_zone: str) -> None:
    dates = [
        local_day(work.columns[name], company_zone)
        for name in DAY_SOURCES[mapping.kind]
        if name in work.columns
    ]
    if dates:
        work.columns["day"] = pl.select(pl.coalesce(dates)).to_series()


def _complete_ticket(work: Work, mapping: FileMapping) -> None:
    have = work.columns
    for end in ("first_response_at", "resolved_at", "closed_at"):
        _not_before_request(work, mapping, end)
    _gap(work, "first_response_seconds", ("first_response_at",))
    _gap(work, "resolution_seconds", ("resolved_at", "closed_at"))
    if "first_response_target_seconds" in have and "first_response_within" not in have:
        target = have["first_response_target_seconds"]
        if "first_response_seconds" in have:
            have["first_response_within"] = have["first_response_seconds"] <= target
    if "status" in have and "deleted" not in have:
        gone = have["status"].str.to_lowercase() == "deleted"
        have["deleted"] = gone.fill_null(value=False)
    if "deleted" in have:
        have["deleted"] = have["deleted"].fill_null(value=False)
    _handled(have)
    _resolved(have)
    _ratings(have, mapping)
    _handle_time(have)
    _sales(have)


def _not_before_request(work: Work, mapping: FileMapping, end: str) -> None:
    if "opened_at" not in work.columns or end not in work.columns:
        return
    early = (work.columns[end] < work.columns["opened_at"]).fill_null(value=False)
    if early.any():
        spec = mapping.fields[end]
        work.note(early, FIELDS[mapping.kind][end], spec.shown_column, "before_request")
        work.columns[end] = work.columns[end].set(early, None)


def _gap(work: Work, name: str, ends: tuple[str, ...]) -> None:
    have = work.columns
    end = next((end for end in ends if end in have), None)
    if name not in have and end is not None and "opened_at" in have:
        have[name] = (have[end] - have["opened_at"]).dt.total_microseconds()


def _handled(have: dict[str, pl.Series]) -> None:
    if "handled" in have:
        have["handled"] = have["handled"].fill_null(value=True)
    elif "answered" in have:
        have["handled"] = have["answered"].fill_null(value=True)


def _resolved(have: dict[str, pl.Series]) -> None:
    if "resolved" in have:
        have["resolved"] = have["resolved"].fill_null(value=False)
    else:
        found = _resolved_from(have)
        if found is not None:
            have["resolved"] = found
    if "handled" in have and "resolved" in have:
        have["resolved"] = have["resolved"] & have["handled"]
    if "first_contact" not in have and "contacts" in have and "resolved" in have:
        once = have["contacts"] <= 1
        have["first_contact"] = once.set(~have["resolved"], None)
    if "first_contact" in have and "handled" in have:
        have["first_contact"] = have["first_contact"].set(~have["handled"], None)


def _resolved_from(have: dict[str, pl.Series]) -> pl.Series | None:
    times = [have[name].is_not_null() for name in ("resolved_at", "closed_at") if name in have]
    by_time = times[0] | times[-1] if times else None
    if "status" not in have:
        return by_time
    word = have["status"].str.to_lowercase().fill_null("")
    solved = word.is_in(SOLVED)
    unsolved = word.is_in(UNSOLVED) | word.str.contains(_WAITING)
    return solved if by_time is None else solved | (by_time & ~unsolved)


def _ratings(have: dict[str, pl.Series], mapping: FileMapping) -> None:
    if "csat" not in have:
        return
    if "handled" in have:
        have["csat"] = have["csat"].set(~have["handled"], None)
    mark = have["csat"].cast(pl.Float64, strict=False)
    if "satisfied" not in have:
        # Marks carried over from another scale are rounded to six places.
        have["satisfied"] = mark >= satisfied_mark(mapping.fields["csat"]) - 1e-6
    if "praise" not in have:
        have["praise"] = mark >= 5


def _handle_time(have: dict[str, pl.Series]) -> None:
    if "handle_seconds" in have or "talk_seconds" not in have:
        return
    total = have["talk_seconds"]
    for part in ("hold_seconds", "acw_seconds"):
        if part in have:
            total = total + have[part].fill_null(0)
    have["handle_seconds"] = total


def _sales(have: dict[str, pl.Series]) -> None:
    if "converted" in have:
        if "enquiry" not in have:
            have["enquiry"] = have["converted"].is_not_null()
        if "order_value" in have:
            lost = ~have["converted"].fill_null(value=False)
            have["order_value"] = have["order_value"].set(lost, None)
    if "order_value" in have and "orders" not in have:
        bought = have["order_value"].is_not_null()
        have["orders"] = bought.cast(pl.Int64).set(~bought, None)
    if "saved" in have and "save_attempt" not in have:
        have["save_attempt"] = have["saved"].is_not_null()


def _complete_activity(work: Work) -> None:
    have = work.columns
    kind = have["kind"].str.to_lowercase()
    unknown = (~kind.is_in(Activity.Kind.values)).fill_null(value=False)
    work.note(unknown, ACTIVITY_FIELDS["kind"], "", "unknown_word")
    have["kind"] = kind.set(unknown, None)
    if "quantity" in have:
        # Left empty it is one; a quantity that was not taken counts nothing.
        said = work.texts.get("quantity", have["quantity"]).is_not_null()
        have["quantity"] = (
            have["quantity"].fill_null("0").set(have["quantity"].is_null() & ~said, "1")
        )


def _complete_interval(work: Work) -> None:
    have = work.columns
    if "abandoned" not in have and {"offered", "answered"} <= set(have):
        lost = have["offered"] - have["answered"]
        have["abandoned"] = lost.set((lost < 0).fill_null(value=False), None)
    if "offered" not in have and {"answered", "abandoned"} <= set(have):
        have["offered"] = have["answered"] + have["abandoned"]
    if "handled" not in have and "answered" in have:
        have["handled"] = have["answered"]
    for total, number in (("handle_seconds", "handle_count"), ("acw_seconds", "acw_count")):
        if total in have and number not in have and "handled" in have:
            have[number] = have["handled"].set(have[total].is_null(), None)
