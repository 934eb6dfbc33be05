"""The forms of claims: evidence handed in, decided, and quests called off."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badges.quests.claims import SHORTEST_REASON
from badges.quests.files import ENDINGS, check
from badges.quests.models.quests import Quest
from incentives.org.refusals import Refused


class QuestClaimForm(forms.Form):
    """Evidence; the token makes a double click one claim."""

    text = forms.CharField(
        label=gettext_lazy("What you did"), max_length=2000, widget=forms.Textarea({"rows": 3})
    )
    link = forms.URLField(
        label=gettext_lazy("Link to the ticket"), max_length=500, assume_scheme="https"
    )
    file = forms.FileField(
        label=gettext_lazy("Picture or PDF"),
        help_text=gettext_lazy("PNG, JPEG, WebP or PDF, at most 5 MB."),
        widget=forms.ClearableFileInput({"accept": ",".join(ENDINGS)}),
    )
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, data: Any = None, files: Any = None, *, quest: Quest) -> None:
        super().__init__(data, files)
        for kind in ("link", "file"):
            if quest.evidence != kind:
                del self.fields[kind]
        if quest.evidence != Quest.Evidence.TEXT:
            self.fields["text"].label = _("A word about it")
            self.fields["text"].required = False

    def clean_link(self) -> str:
        """Only addresses of web pages: others could run something when they are opened."""
        link: str = self.cleaned_data["link"]
        if not link.lower().startswith(("https://", "http://")):
            raise forms.ValidationError(_("A link begins with https:// or http://."))
        return link

    def clean_file(self) -> Any:
        """A file of an allowed type and size, judged by its bytes."""
        file = self.cleaned_data["file"]
        try:
            check(file)
        except Refused as error:
            raise forms.ValidationError(str(error)) from None
        return file


class RefuseForm(forms.Form):
    """Why evidence is not accepted."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        min_length=SHORTEST_REASON,
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("The agent reads it, and may try again."),
    )


class QuestCancelForm(forms.Form):
    """Why a quest is called off."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it called off?"),
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Everyone who takes part is told. What is done already stays."),
    )
