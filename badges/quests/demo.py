"""Quests of the demo company: two weeks of rotation, claims in every state, one called off."""

from __future__ import annotations

import struct
import zlib
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.quests.claims import Evidence, approve, claim, refuse
from badges.quests.making import cancel, make, set_aside
from badges.quests.models.claims import QuestClaim
from badges.quests.models.quests import Quest
from badges.quests.rotation import open_quests
from incentives.org.models import Membership, Person, Supervision, Team
from scoring.figures.windows import Period, first_day, last_day

DAYS = 14
_SUGGESTIONS = [
    "A customer asks for a reminder before the warranty ends. 客户希望保修到期前收到提醒。",
    "The size table should stand beside the photos. 尺码表应放在照片旁边。",
    "Returns from lockers would save a walk. 希望支持快递柜退货。",
]


def make_quests(today: date) -> str:
    """Fill the last two weeks and today, unless there are quests."""
    if not Quest.objects.exists():
        with transaction.atomic():
            for back in range(DAYS, -1, -1):
                open_quests(on=today - timedelta(days=back))
            _made_by_supervisors(today)
    many = Quest.objects.count()
    return ngettext("%(count)d quest", "%(count)d quests", many) % {"count": many}


def _made_by_supervisors(today: date) -> None:
    led = Supervision.objects.active(on=today).select_related("person", "team").order_by("pk")
    for number, each in enumerate(led):
        members = _members(each.team, today)
        if len(members) < 3:
            continue
        _suggestions(each.team, each.person, members, today)
        if number % 2 == 0:
            _team_quest(each.team, each.person, today)
        if number == 0:
            _called_off(each.team, each.person, today)
            _screenshot(each.team, each.person, members[1], today)


def _members(team: Team, today: date) -> list[Person]:
    found = Membership.objects.taking_part(today).filter(team=team).select_related("person")
    return [each.person for each in found.order_by("person") if each.person.is_active]


def _suggestions(team: Team, by: Person, members: list[Person], today: date) -> None:
    """Collect three: one person has two approved and one waiting, one was asked to try again."""
    start = max(first_day(Period.WEEK, today), today - timedelta(days=3))
    quest = Quest.objects.create(
        name_en="What customers wish for",
        name_zh="客户心愿单",
        about_en="Write down three wishes that customers tell you this week.",
        about_zh="本周记录三条客户告诉你的心愿。",
        way="claimed",
        evidence="text",
        count=3,
        points=60,
        starts_on=start,
        ends_on=last_day(Period.WEEK, today),
        made_by=by,
    )
    quest.teams.set([team])
    set_aside(quest=quest, teams=[team], by=by, on=today)
    handed = [_hand_in(quest, members[0], text, today) for text in _SUGGESTIONS]
    for each in handed[:2]:
        approve(claim=each, by=by)
    again = _hand_in(quest, members[1], "Everything is fine. 一切都好。", today)
    refuse(claim=again, by=by, reason=_("This is kind, but no wish yet: what would they change?"))
    _hand_in(quest, members[2], _SUGGESTIONS[1], today)


def _team_quest(team: Team, by: Person, today: date) -> None:
    quest = Quest.objects.create(
        name_en="A thousand together",
        name_zh="携手一千单",
        about_en="A thousand tickets as a team within a week.",
        about_zh="全队一周内一起完成一千单。",
        audience="team",
        criteria={"all": [_handled(1000, "week")]},
        points=80,
        starts_on=today - timedelta(days=3),
        ends_on=today + timedelta(days=3),
        made_by=by,
    )
    quest.teams.set([team])
    set_aside(quest=quest, teams=[team], by=by, on=today)


def _called_off(team: Team, by: Person, today: date) -> None:
    quest = Quest(
        name_en="Fifty calls in a day",
        name_zh="一日五十通",
        criteria={"all": [_handled(50, "day")]},
        points=30,
        starts_on=today,
        ends_on=today,
    )
    make(quest=quest, teams=[team], by=by, today=today)
    cancel(
        quest=quest,
        by=by,
        today=today,
        reason="The telephone system is being repaired today. 今日电话系统检修。",
    )


def _screenshot(team: Team, by: Person, member: Person, today: date) -> None:
    quest = Quest(
        name_en="A clearer answer",
        name_zh="更清晰的答案",
        about_en="Make one answer of the knowledge base clearer and show it.",
        about_zh="让知识库里的一条答案更清晰，并展示出来。",
        way="claimed",
        evidence="file",
        points=40,
        starts_on=today,
        ends_on=today + timedelta(days=6),
    )
    make(quest=quest, teams=[team], by=by, today=today)
    picture = SimpleUploadedFile("before-and-after.png", _picture(), content_type="image/png")
    claim(
        quest=quest,
        by=member,
        evidence=Evidence("Steps in order 步骤更清楚了", file=picture),
        on=today,
    )


def _hand_in(quest: Quest, by: Person, text: str, today: date) -> QuestClaim:
    return claim(quest=quest, by=by, evidence=Evidence(text), on=today)


def _picture() -> bytes:
    """A small PNG of two halves."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    row = b"\0" + b"\xe8\xdc\xc8" * 60 + b"\xd9\x6b\x3a" * 60
    head = struct.pack(">IIBBBBB", 120, 80, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(row * 80)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _handled(least: int, window: str) -> dict[str, Any]:
    return {"measure": "handled", "window": window, "op": ">=", "value": least}
