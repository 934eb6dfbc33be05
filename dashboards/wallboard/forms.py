"""The form of a screen; what it can show follows from whom it is about."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from dashboards.models import Wallboard
from dashboards.wallboard.scenes import choices
from incentives.org.forms import DAYS
from incentives.org.models import Company, Team


class WallboardForm(forms.ModelForm[Wallboard]):
    """Title, pictures and manners of one screen."""

    scenes = forms.MultipleChoiceField(
        label=_("What it shows"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one picture.")},
    )

    class Meta:
        model = Wallboard
        fields = ("title", "scenes", "seconds", "locale", "theme", "ends_on")
        field_classes = DAYS
        help_texts: ClassVar[dict[str, Any]] = {
            "seconds": _("20 is calm; people need about 10 to read a list."),
            "ends_on": _(
                "The link stops working after it. Leave it empty for a screen that stays."
            ),
        }

    def __init__(self, data: Any = None, *, instance: Wallboard | None, team: Team | None) -> None:
        super().__init__(data, instance=instance)
        offered = choices(team)
        self.fields["scenes"].choices = offered  # type: ignore[attr-defined]
        if instance is None:
            self.initial["scenes"] = [key for key, _label in offered]
            company = Company.current()
            self.initial["title"] = team.name if team else company.name
            self.initial["locale"] = company.locale
