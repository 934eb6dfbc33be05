"""The form behind "run now": a ticket that lets one submission make one night."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.org.models import Company, Person
from scoring.ingest import uploads, workers
from scoring.models import NightRun
from scoring.nights import runner, schedule


class NightForm(forms.Form):
    """Asks for a night now."""

    once = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"once": uploads.new_token()})
        super().__init__(*args, **kwargs)

    def clean_once(self) -> str:
        """The ticket's own name."""
        try:
            return uploads.token_name(self.cleaned_data["once"])
        except ValueError:
            raise forms.ValidationError(_("This page is out of date. Try once more.")) from None

    def submit(self, *, by: Person) -> NightRun:
        """Record the night and hand it to the workers; the same form sent twice makes one night."""
        from scoring.nights.tasks import run_night

        closes = schedule.closing_day(timezone.now(), zone=Company.current().time_zone)
        token = self.cleaned_data["once"]
        with transaction.atomic():
            run = runner.start(as_of=closes, origin=NightRun.Origin.PAGE, by=by, token=token)
            if run.status == NightRun.Status.QUEUED:
                workers.send(run_night, run.pk)
        return run
