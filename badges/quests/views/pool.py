"""The pool of quests: templates, which of them open by themselves, and how many."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from badges.quests.forms.quests import SettingsForm, TemplateForm
from badges.quests.making import MAKERS, archive, may_address_everyone
from badges.quests.models.pool import Length, QuestSettings, QuestTemplate
from badges.quests.views.quests import quest_tabs
from incentives.org.access import require_role, signed_in
from incentives.org.draft_forms import editor_page
from incentives.org.models import Role


@require_GET
@require_role(*MAKERS)
def quest_pool(request: HttpRequest) -> HttpResponse:
    """The templates by length; managers of the whole company change them and the rotation."""
    return _pool(request, SettingsForm(instance=QuestSettings.current()))


def _pool(request: HttpRequest, form: SettingsForm, *, status: int = 200) -> HttpResponse:
    person = signed_in(request)
    found = QuestTemplate.objects.filter(archived_on=None).prefetch_related("teams")
    found = found.annotate(times=Count("quests"), last=Max("quests__starts_on")).order_by(
        "name_en", "pk"
    )
    by_length = {value: [each for each in found if each.length == value] for value in Length.values}
    titles = {
        Length.DAY: _("Quests of a day"),
        Length.WEEK: _("Quests of a week"),
        Length.OWN: _("Other lengths"),
    }
    context = {
        "sections": [(titles[Length(key)], rows) for key, rows in by_length.items() if rows],
        "form": form,
        "settings": QuestSettings.current(),
        "may_edit": may_address_everyone(person),
        "tabs": quest_tabs(person, "quest_pool"),
    }
    return render(request, "badges/quest_pool.html", context, status=status)


@require_POST
@require_role(Role.MANAGER, whole_company=True)
def quest_settings(request: HttpRequest) -> HttpResponse:
    """How many quests open by themselves, and how long late facts count."""
    form = SettingsForm(request.POST, instance=QuestSettings.current())
    if not form.is_valid():
        return _pool(request, form, status=422)
    form.save()
    messages.success(request, _("Saved. It holds for quests that open from now on."))
    return redirect("badges:quest_pool")


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.MANAGER, whole_company=True)
def quest_template(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write or change a template; quests made from it before stay as they are."""
    person = signed_in(request)
    stored = get_object_or_404(QuestTemplate, pk=pk, archived_on=None) if pk else None
    form = TemplateForm(request.POST or None, instance=stored)

    def save() -> HttpResponse:
        form.save()
        messages.success(request, _("Saved. It holds for quests that open from now on."))
        return redirect("badges:quest_pool")

    return editor_page(
        request,
        form,
        "badges/quest_template.html",
        save=save,
        context=lambda: {
            "template": stored,
            "dry_run": form.builder.dry_run(person) if form.editing else None,
        },
        part="",
    )


@require_POST
@require_role(Role.MANAGER, whole_company=True)
def quest_template_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a template out of the pool."""
    person = signed_in(request)
    template = get_object_or_404(QuestTemplate, pk=pk, archived_on=None)
    archive([template], on=person.company_today)
    messages.success(request, _("Taken out of the pool. Quests that run go on."))
    return redirect("badges:quest_pool")
