"""Point rules: the list for everyone, one version, and the editor with its consequence beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incentives.org.access import require_change, require_role, signed_in
from incentives.org.draft_forms import editor_page
from incentives.org.models import Person
from incentives.org.refusals import Refused, told_in, told_to
from scoring.models import PointEntry, PointRule
from scoring.points import rules
from scoring.points.checks import countable
from scoring.points.forms import EndForm, RuleForm
from scoring.points.preview import preview
from scoring.points.words import both_sentences, sentences

EDITORS = ("manager", "administrator")
DAYS = 28


def rules_for(viewer: Person) -> QuerySet[PointRule]:
    """Rules that someone may read: published ones, and the drafts that they may change."""
    found = PointRule.objects.order_by("key", "-version")
    if viewer.runs_the_company:
        return found
    published = Q(status=PointRule.Status.PUBLISHED)
    if not viewer.has_role(*EDITORS):
        return found.filter(published)
    drafts = rules.changeable_by(viewer, found.exclude(published))
    return found.filter(published | Q(pk__in=[draft.pk for draft in drafts]))


@require_GET
@login_required
def point_rules(request: HttpRequest) -> HttpResponse:
    """What earns points today, what is coming, drafts, and what has ended."""
    reader = signed_in(request)
    today = reader.company_today
    found = list(rules_for(reader))
    told = sentences(found)
    groups: dict[str, list[tuple[PointRule, str]]] = {}
    for rule in found:
        groups.setdefault(_state(rule, today), []).append((rule, told[rule.pk]))
    context = {
        "sections": [(title, groups[state]) for state, title in _states() if state in groups],
        "may_edit": reader.has_role(*EDITORS),
    }
    return render(request, "scoring/point_rules.html", context)


def _state(rule: PointRule, today: Any) -> str:
    if not rule.is_published:
        return "draft"
    if rule.holds_on(today):
        return "now"
    return "coming" if rule.starts_on > today and not rule.is_withdrawn else "over"


def _states() -> list[tuple[str, str]]:
    return [
        ("draft", _("Drafts")),
        ("now", _("In force")),
        ("coming", _("Coming")),
        ("over", _("Ended")),
    ]


@require_GET
@login_required
def point_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: its sentence in both languages, what it gave, its other versions."""
    reader = signed_in(request)
    rule = get_object_or_404(rules_for(reader), pk=pk)
    today = reader.company_today
    given = PointEntry.objects.filter(rule=rule, occurred_on__gt=today - timedelta(days=DAYS))
    if not reader.sees_everyone:
        seen = Person.objects.led_by(reader).order_by().values("pk")
        given = given.filter(Q(agent=reader) | Q(agent__in=seen))
    versions = rules_for(reader).filter(key=rule.key)
    context = {
        "rule": rule,
        "sentences": both_sentences(rule),
        "given": given.order_by().aggregate(
            points=Sum("amount"), people=Count("agent", distinct=True)
        ),
        "versions": versions.select_related("published_by"),
        "may_edit": reader.has_role(*EDITORS) and rules.may_change_rule(reader, rule),
        "holds": rule.is_published and (rule.ends_on is None or rule.ends_on >= today),
        "end_form": EndForm(initial={"on": today.isoformat()}),
    }
    return render(request, "scoring/point_rule.html", context)


@require_http_methods(["GET", "POST"])
@require_role(*EDITORS)
def point_rule_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write or change a draft; beside the form its sentence and the last four weeks."""
    editor = signed_in(request)
    drafts = rules_for(editor).filter(status=PointRule.Status.DRAFT)
    rule = get_object_or_404(drafts, pk=pk) if pk else _blank(editor)
    form = RuleForm(request.POST or None, instance=rule, editor=editor)
    shown = _shown(form, rule)
    return editor_page(
        request,
        form,
        "scoring/point_rule_edit.html",
        save=lambda: _saved(request, form, publish="publish" in request.POST, by=editor),
        context=lambda: {
            "rule": rule if pk else None,
            "countable": countable(),
            "sentences": both_sentences(shown) if shown else {},
            "preview": preview(shown, viewer=editor) if shown else None,
        },
    )


def _blank(editor: Person) -> PointRule:
    return PointRule(per=PointRule.Per.UNIT, starts_on=editor.company_today)


def _shown(form: RuleForm, rule: PointRule) -> PointRule | None:
    """The rule to tell about; None while too little of it is right."""
    if not form.is_bound:
        return rule if rule.pk else None
    return form.draft() if form.can_be_shown else None


def _saved(
    request: HttpRequest, form: RuleForm, *, publish: bool, by: Person
) -> HttpResponse | None:
    """Save and go on; None when it was refused, with the reasons in the form."""
    rule, stored = form.draft(), form.instance.pk
    with told_in(form):
        rule = rules.save_draft(rule=rule, by=by)
        if publish:
            rule = rules.publish(rule=rule, by=by)
    if form.errors:
        form.instance.pk = stored
        return None
    if publish:
        text = _("“%(name)s” is published; tonight its points are posted.")
    else:
        text = _("“%(name)s” is saved as a draft.")
    messages.success(request, text % {"name": rule.name})
    return redirect("scoring:point_rule", pk=rule.pk)


@require_POST
@require_role(*EDITORS)
def point_rule_change(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Publish or delete a draft, begin a new version, end a rule."""
    editor = signed_in(request)
    rule = get_object_or_404(rules_for(editor), pk=pk)
    require_change(rules.may_change_rule(editor, rule))
    with told_to(request):
        return _ACTIONS[action](request, rule, editor)
    return redirect("scoring:point_rule", pk=pk)


def _publish(request: HttpRequest, rule: PointRule, editor: Person) -> HttpResponse:
    rule = rules.publish(rule=rule, by=editor)
    text = _("“%(name)s” is published; tonight its points are posted.") % {"name": rule.name}
    messages.success(request, text)
    return redirect("scoring:point_rule", pk=rule.pk)


def _new_version(request: HttpRequest, rule: PointRule, editor: Person) -> HttpResponse:
    tomorrow = editor.company_today + timedelta(days=1)
    draft = rules.new_version(rule=rule, starts_on=tomorrow, by=editor)
    return redirect("scoring:point_rule_edit", pk=draft.pk)


def _end(request: HttpRequest, rule: PointRule, editor: Person) -> HttpResponse:
    form = EndForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Choose the last day."))
    last = form.cleaned_data["on"]
    rule = rules.end(rule=rule, on=last, today=editor.company_today, by=editor)
    messages.success(request, _("“%(name)s” ends; what it gave stays.") % {"name": rule.name})
    return redirect("scoring:point_rule", pk=rule.pk)


def _delete(request: HttpRequest, rule: PointRule, editor: Person) -> HttpResponse:
    rules.delete_draft(rule=rule, by=editor)
    messages.success(request, _("The draft “%(name)s” is deleted.") % {"name": rule.name})
    return redirect("scoring:point_rules")


_ACTIONS = {"publish": _publish, "version": _new_version, "end": _end, "delete": _delete}
