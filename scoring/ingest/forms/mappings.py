"""The form of a mapping: its name and its TOML, and in the wizard what to do with the file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.org.models import Person
from scoring.ingest.errors import BadMapping
from scoring.ingest.library import CANONICAL, NamedMapping, shipped_mappings
from scoring.ingest.mapping import parse
from scoring.models import Mapping


class MappingForm(forms.ModelForm[Mapping]):
    """Name and text, validated as the import itself would."""

    text = forms.CharField(
        label=gettext_lazy("Mapping (TOML)"),
        strip=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 22, "class": "code", "spellcheck": "false"}),
    )

    class Meta:
        model = Mapping
        fields = ("name", "text")
        error_messages = {
            "name": {"unique": gettext_lazy("There is a mapping of that name: choose another.")}
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")

    @property
    def named(self) -> NamedMapping:
        """The mapping of a valid form."""
        name, text = self.cleaned_data["name"], self.cleaned_data["text"]
        return NamedMapping(name, text, parse(text, name=name))

    def clean_name(self) -> str:
        """A name that is free: no shipped mapping's, and no file's."""
        name: str = self.cleaned_data["name"]
        if name == CANONICAL or name in {each.name for each in shipped_mappings()}:
            raise forms.ValidationError(
                _("A built-in mapping has that name: choose another, such as %(name)s-ours.")
                % {"name": name}
            )
        if name.endswith(".toml"):
            raise forms.ValidationError(_("Leave the ending .toml away."))
        return name

    def clean(self) -> dict[str, Any]:
        """Read the mapping; its error goes to the text."""
        cleaned = super().clean() or {}
        name, text = cleaned.get("name") or self.data.get("name", ""), cleaned.get("text")
        if text:
            try:
                written = parse(text, name=name).name
                if name and written != name:
                    message = _("The text says name = “%(name)s”: leave that line away.")
                    self.add_error("text", message % {"name": written})
            except BadMapping as error:
                self.add_error("text", str(error))
        return cleaned

    def keep(self, *, by: Person) -> Mapping:
        """Store the mapping of a valid form."""
        self.instance.kind = self.named.mapping.kind
        self.instance.updated_by = by
        return self.save()


class WizardSaveForm(MappingForm):
    """The wizard's last step."""

    import_now = forms.BooleanField(
        label=gettext_lazy("Import the file with it now"), required=False, initial=True
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("The system the file comes from; always the same name for it."),
        widget=forms.TextInput(attrs={"list": "known-sources", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """A file needs a source to be imported."""
        cleaned = super().clean()
        if cleaned.get("import_now") and not (cleaned.get("source") or "").strip():
            self.add_error("source", _("Name the source, to import the file now."))
        return cleaned
