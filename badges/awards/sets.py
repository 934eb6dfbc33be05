"""Sets of badges: completed once in a lifetime, paid once, whatever becomes of the badges."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from badges.awards import news as badge_news
from badges.awards.models.badges import Badge, Tier
from badges.awards.models.sets import BadgeSet, SetCompletion
from incentives.org.refusals import Refused
from incentives.org.wording import named
from scoring.points.occasions import Occasion, post_all

FEWEST_BADGES = 2
_ORDER = {tier.value: at for at, tier in enumerate(Tier)}

# For each set and person with all its badges: the day on which the last of them was won. An award
# that has expired still counts as collected, a revoked one does not.
_COMPLETE = """
    INSERT INTO badges_setcompletion (set_id, person_id, completed_on, points)
    SELECT s.id, w.person_id, greatest(max(w.won_on), s.starts_on), s.points
    FROM badges_badgeset s
    JOIN badges_badgeset_badges m ON m.badgeset_id = s.id
    JOIN LATERAL (
        SELECT a.person_id, min(a.awarded_on) AS won_on FROM badges_award a
        WHERE a.badge_id = m.badge_id AND a.revoked_at IS NULL AND a.awarded_on <= %(as_of)s
            AND a.tier = ANY (CASE s.least_tier WHEN 'gold' THEN ARRAY['gold']
                WHEN 'silver' THEN ARRAY['silver', 'gold'] ELSE ARRAY['bronze', 'silver', 'gold'] END)
            AND (%(people)s::bigint[] IS NULL OR a.person_id = ANY (%(people)s::bigint[]))
        GROUP BY 1
    ) w ON TRUE
    WHERE (%(sets)s::bigint[] IS NULL OR s.id = ANY (%(sets)s::bigint[]))
        AND s.starts_on <= %(as_of)s AND (s.archived_on IS NULL OR s.archived_on > %(as_of)s)
    GROUP BY s.id, w.person_id
    HAVING count(*) = (SELECT count(*) FROM badges_badgeset_badges b WHERE b.badgeset_id = s.id)
    ORDER BY s.id, w.person_id
    ON CONFLICT (set_id, person_id) DO NOTHING
    RETURNING id
"""


def complete_sets(*, as_of: date, people: Collection[int]) -> list[SetCompletion]:
    """Write down, pay and tell the sets that these people (ids) have completed by now.

    Sets that are new, changed or just beginning are looked at for everyone.
    """
    new = collect(as_of, None, _fresh(as_of)) + collect(as_of, sorted(people), None)
    found = list(SetCompletion.objects.filter(pk__in=new).select_related("set").order_by("pk"))
    post_all(
        (
            Occasion(
                agent=each.person_id,
                amount=each.points,
                on=each.completed_on,
                key=f"badge-set:{each.pk}",
                cause={"set": each.set_id, "said": named(each.set)},
            )
            for each in found
        ),
        kind="badge",
    )
    badge_news.sets_completed(found, as_of=as_of)
    return found


# Sets that nobody has been judged by since they were made, changed or begun.
FRESH = Q(judged_on=None) | Q(judged_on__lt=F("starts_on"))


def _fresh(as_of: date) -> list[int]:
    """Ids of sets that nobody has been judged by yet; they count as judged from now on."""
    fresh = BadgeSet.objects.filter(FRESH, starts_on__lte=as_of)
    ids = list(fresh.order_by("pk").values_list("pk", flat=True))
    BadgeSet.objects.filter(pk__in=ids).update(judged_on=as_of)
    return ids


def collect(as_of: date, people: list[int] | None, sets: list[int] | None) -> list[int]:
    """Write completions down; the ids of new ones, of these people and for these sets (None: all)."""
    if people == [] or sets == []:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_COMPLETE, {"as_of": as_of, "people": people, "sets": sets})
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def save_set(*, badge_set: BadgeSet, badges: Collection[Badge]) -> BadgeSet:
    """Save a new or changed set; completions that are written stay. Raises Refused."""
    problems: dict[str, list[str]] = {}
    if len(set(badges)) < FEWEST_BADGES:
        problems["badges"] = [_("A set has at least two badges: choose more.")]
    lacking = [badge.name for badge in badges if not _has_tier(badge, badge_set.least_tier)]
    if lacking:
        text = _("There is no such tier of: %(names)s. Choose a lower one, or other badges.")
        problems["least_tier"] = [text % {"names": ", ".join(lacking)}]
    if problems:
        raise Refused(problems)
    badge_set.judged_on = None
    badge_set.save()
    badge_set.badges.set(badges)
    return badge_set


def _has_tier(badge: Badge, least: str) -> bool:
    """Whether the newest version of a badge has the tier or a better one."""
    newest = badge.versions.order_by("-version").first()
    tiers = [each["tier"] for each in newest.tiers] if newest else []
    return any(_ORDER[tier] >= _ORDER[least] for tier in tiers)


def archive_set(*, badge_set: BadgeSet, on: date) -> BadgeSet:
    """Nobody completes the set from that day on."""
    badge_set.archived_on = on
    badge_set.save(update_fields=["archived_on"])
    return badge_set
