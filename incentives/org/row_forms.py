"""Rows of forms that come and go by buttons of their page, with or without a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from django import forms
from django.forms.formsets import INITIAL_FORM_COUNT, TOTAL_FORM_COUNT, ManagementForm
from django.utils.functional import cached_property

from incentives.org.inputs import whole_number

F = TypeVar("F", bound=forms.BaseForm)
_MOST_NUMBERED = 99_999


class RowFormSet(forms.BaseFormSet[F]):
    """A formset whose rows are told by the numbers in their fields' names (item-3-weight).

    The button `add_row` adds one, `drop_row` with a row's number takes it away; one stays.
    What a row holds comes under its number again, so nothing is counted in hidden fields.
    """

    most: ClassVar[int]
    extra = min_num = 0
    can_delete = can_delete_extra = can_order = validate_min = validate_max = False
    renderer = None

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        prefix: str,
        initial: Sequence[Mapping[str, Any]] = (),
        form_kwargs: dict[str, Any] | None = None,
    ) -> None:
        self.max_num = self.absolute_max = self.most
        stored = [dict(each) for each in initial] or [{}]
        self.numbers = list(range(len(stored)))
        if data is not None:
            self.numbers = row_numbers(data, prefix, most=self.most)
        super().__init__(
            data,
            prefix=prefix,
            initial=None if data is not None else stored,
            form_kwargs=form_kwargs,
        )

    @cached_property
    def management_form(self) -> ManagementForm:
        """How many rows there are; none of them may be left empty because it was not there before."""
        counts = {TOTAL_FORM_COUNT: len(self.numbers), INITIAL_FORM_COUNT: 0}
        form = ManagementForm(
            {f"{self.prefix}-{name}": count for name, count in counts.items()}, prefix=self.prefix
        )
        form.full_clean()
        return form

    def add_prefix(self, index: int | str) -> str:
        """The row's part of its fields' names."""
        return f"{self.prefix}-{self.numbers[int(index)]}"

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """See Django; a row that was added and left empty is wrong like every other."""
        own = super().get_form_kwargs(index)
        return {**own, "empty_permitted": False, "use_required_attribute": True}

    @property
    def numbered(self) -> list[tuple[int, F]]:
        """The rows with their numbers."""
        return list(zip(self.numbers, self.forms, strict=True))

    @property
    def has_room(self) -> bool:
        """Whether one more row may be added."""
        return len(self.numbers) < self.most


def row_numbers(data: Mapping[str, Any], prefix: str, *, most: int) -> list[int]:
    """The numbers of the rows that were sent, after the button that was pressed; it leaves one."""
    heads = (name.removeprefix(f"{prefix}-") for name in data if name.startswith(f"{prefix}-"))
    sent = (whole_number(head.partition("-")[0], most=_MOST_NUMBERED) for head in heads)
    numbers = list(dict.fromkeys(number for number in sent if number is not None))[:most]
    free = max(numbers, default=-1) + 1
    if "add_row" in data and len(numbers) < most:
        numbers.append(free)
    dropped = whole_number(data.get("drop_row", ""))
    left = [number for number in numbers if number != dropped]
    return left or ([free] if numbers else [])
