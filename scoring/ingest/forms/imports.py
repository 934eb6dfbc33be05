"""Forms of the import pages: a new import, a mended file, and the filter of the list."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.org.models import Person
from scoring.ingest import repair, uploads
from scoring.ingest.errors import BadMapping, UnreadableFile
from scoring.ingest.library import find_mapping, shipped_mappings
from scoring.models import Import, Mapping, Source
from scoring.models.sources import FactKind


def mapping_choices() -> list[tuple[str, Any]]:
    """Mappings by name with what they read: the company's own first, then the shipped ones."""
    own = [(m.name, f"{m.name} · {m.get_kind_display()}") for m in Mapping.objects.order_by("name")]
    shipped = [
        (each.name, f"{each.name} · {FactKind(each.mapping.kind).label}")
        for each in shipped_mappings()
    ]
    groups: list[tuple[str, Any]] = [("", _("Choose a mapping"))]
    if own:
        groups.append((_("Your mappings"), own))
    return [*groups, (_("Built in"), shipped)]


class UploadForm(forms.Form):
    """A file that is stored under the name in its ticket, once per ticket."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=255,
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty: export it again."),
            "max_length": gettext_lazy("The file's name is too long: shorten it."),
        },
    )
    once = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("once", uploads.new_token())
        super().__init__(*args, **kwargs)
        if too_large:
            self.fields["file"].error_messages["required"] = uploads.too_large()

    def clean_once(self) -> str:
        """The name to store the file under."""
        try:
            return uploads.token_name(self.cleaned_data["once"])
        except ValueError:
            raise forms.ValidationError(
                _("This form is out of date. Reload the page and send the file again.")
            ) from None

    def keep(self, folder: Path) -> Path:
        """Store the file in `folder`."""
        return uploads.store(self.cleaned_data["file"].chunks(), folder / self.cleaned_data["once"])

    @property
    def limit(self) -> str:
        """The largest file that is taken, in words."""
        return uploads.largest()

    @property
    def file_name(self) -> str:
        """What people call the file."""
        return str(self.cleaned_data["file"].name)


class ImportForm(UploadForm):
    """A file with its source and mapping."""

    field_order = ("file", "source", "mapping", "dry_run", "once")
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=80,
        help_text=gettext_lazy(
            "The system it comes from. Ids are told apart by source, so keep to one name."
        ),
        widget=forms.TextInput(attrs={"list": "known-sources", "autocomplete": "off"}),
    )
    mapping = forms.ChoiceField(
        label=gettext_lazy("Mapping"),
        help_text=gettext_lazy("How the file's columns are read."),
    )
    dry_run = forms.BooleanField(
        label=gettext_lazy("Only try it: read and count everything, store nothing"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["mapping"]).choices = mapping_choices()
        # A readable file that the mapping does not fit: the wizard can go on with it.
        self.left_over: Path | None = None

    @staticmethod
    def known_sources() -> list[str]:
        """Names to choose from while typing."""
        return list(Source.objects.values_list("name", flat=True))

    def clean_mapping(self) -> str:
        """The mapping's name; what is stored under it may have become unusable."""
        name: str = self.cleaned_data["mapping"]
        try:
            find_mapping(name)
        except BadMapping as error:
            raise forms.ValidationError(str(error)) from None
        return name

    def submit(self, *, by: Person) -> Import | None:
        """Store the file, look at its head and queue it; None when the form has an error now."""
        found = find_mapping(self.cleaned_data["mapping"])
        folder = uploads.imports_folder()
        known = Import.objects.filter(file_path=str(folder / self.cleaned_data["once"])).first()
        if known is not None:
            return known
        path = self.keep(folder)
        try:
            uploads.check(path, found.mapping, name=self.file_name)
        except UnreadableFile as error:
            path.unlink(missing_ok=True)
            self.add_error("file", str(error))
            return None
        except BadMapping as error:
            self.left_over = path.rename(uploads.drafts_folder() / path.name)
            self.add_error("mapping", str(error))
            return None
        run, _created = uploads.submit(
            path=path,
            name=self.file_name,
            source=self.cleaned_data["source"],
            mapping=found,
            dry_run=self.cleaned_data["dry_run"],
            by=by,
        )
        return run


class RepairForm(UploadForm):
    """The mended rows of an import."""

    def submit(self, *, run: Import, by: Person) -> Import | None:
        """Queue the mended file with the source and mapping of `run`; None when it has an error."""
        folder = uploads.imports_folder()
        path = folder / f"{self.cleaned_data['once']}.mended"
        known = Import.objects.filter(file_path=str(path)).first()
        if known is not None:
            return known
        sent = self.keep(uploads.drafts_folder())
        try:
            mapping = repair.as_csv(run)
            rows = repair.plain_csv(sent, name=self.file_name, columns=repair.columns_needed(run))
            uploads.store(rows, path)
            uploads.check(path, mapping.mapping, name=self.file_name)
        except (UnreadableFile, BadMapping) as error:
            self.add_error("file", str(error))
            path.unlink(missing_ok=True)
            return None
        finally:
            sent.unlink(missing_ok=True)
        started, _created = uploads.submit(
            path=path,
            name=self.file_name,
            source=run.source.name,
            mapping=mapping,
            by=by,
        )
        return started


class ImportFilter(forms.Form):
    """Which imports the list shows."""

    source = forms.ChoiceField(label=gettext_lazy("Source"), required=False)
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("source", [(s.pk, s.name) for s in Source.objects.all()])
        self._offer("status", Import.Status.choices)
        self._offer("kind", FactKind.choices)

    def _offer(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = cast("forms.ChoiceField", self.fields[name])
        field.choices = [("", _("All")), *choices]

    def conditions(self) -> dict[str, str]:
        """The filter as keyword arguments; parts of the address that are wrong count as all."""
        self.is_valid()
        given = {name: self.cleaned_data.get(name) for name in ("source", "status", "kind")}
        return {name: value for name, value in given.items() if value}
