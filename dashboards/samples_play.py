"""Sample medals, quests, bosses and decisions for the page of components."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext as _

from badges.awards.medals import Medal
from badges.battles.boss import Boss
from badges.models import Quest
from badges.quests.standings import QuestStanding
from dashboards.drawing import heat
from dashboards.templatetags.shell import Win, WonMedal
from incentives.org.notation import number
from incentives.org.notices import Bell
from scoring.boards.lists import BoardLine
from scoring.points.levels import Level
from scoring.scorecards.home import Lost

GLYPHS = [
    "bolt",
    "heart",
    "star",
    "gem",
    "gauge",
    "crown",
    "sprout",
    "shield",
    "wrench",
    "smile",
    "book",
    "bulb",
    "hands",
]
GROUPS = ["customer", "efficiency", "quality", "commercial", "growth"]
PICTURES = [
    "figures",
    "people",
    "trophy",
    "letter",
    "calendar",
    "flag",
    "tea",
    "search",
    "cloud",
]


def context() -> dict[str, Any]:
    """What the page shows of games and decisions."""
    return {
        "medals": _medals(),
        "glyph_medals": [
            medal(glyph, glyph=glyph, metal=metal, group=GROUPS[at % 5])
            for at, (glyph, metal) in enumerate(
                zip(GLYPHS, ["gold", "silver", "bronze"] * 5, strict=False)
            )
        ],
        "levels": [1, 7, 12, 25, 104],
        "level": Level(12, points=14_860, begins_at=13_200, next_at=15_600),
        "bells": [Bell(unread) for unread in (0, 3, 128)],
        "wins": _wins(),
        "quests": _quests(),
        "bosses": _bosses(),
        "kudos": _kudos(),
        "sides": _sides(),
        "sign_offs": _sign_offs(),
        "strip": _strip(),
        "pictures": PICTURES,
        "lost": _lost(),
        "lines": [
            line(1, "Zhang Min", 1420, 2),
            line(2, "Chen Hao", 1385, -1),
            line(3, "Ana Costa", 1310, 0),
            line(7, "Li Wei", 1090, 3, me=True),
            line(None, "Sun Qi", 310, None),
        ],
    }


def medal(name: str, metal: str = "gold", **more: Any) -> Medal:
    """A medal of speed, unless it says otherwise."""
    return Medal(name, metal, **({"glyph": "bolt", "group": "efficiency"} | more))


def line(
    rank: int | None, name: str, points: int, moved: int | None, me: bool = False
) -> BoardLine:
    """A place on a board of points, so many places up or down."""
    before = None if rank is None or moved is None else rank + moved
    return BoardLine(rank, rank or 9, name, 1, None, Decimal(points), number(points), before, me)


def _medals() -> list[Medal]:
    return [
        medal(_("Instant Responder"), note="20 Nov 2026", url="#medals"),
        medal(_("Worry Solver"), metal="silver", glyph="heart", group="customer"),
        medal(_("Praise Harvester"), metal="bronze", glyph="star", group="quality", progress=62),
        medal(
            _("Product Expert"), state="locked", glyph="gem", progress=60, note=_("3 of 5 lessons")
        ),
        medal(_("Best Newcomer"), state="locked", glyph="sprout", note=_("in the first 90 days")),
        medal("?", state="secret", note=_("good work finds it")),
        medal(_("Technical Expert"), state="expired", glyph="wrench", note=_("until 31 Oct 2026")),
    ]


def _quests() -> list[QuestStanding]:
    def quest(name: str, state: str, text: str, **more: Any) -> QuestStanding:
        plain: dict[str, Any] = {"part": 0, "whole": 1, "reward": "", "note": "", "url": ""}
        return QuestStanding(Quest(), name, state, text, **(plain | more))

    return [
        quest(
            _("Ten replies under 20 s"),
            "open",
            _("4 of 10"),
            part=4,
            whole=10,
            reward=_("+30 points"),
        ),
        quest(
            _("Collect 3 suggestions from customers"),
            "waiting",
            _("3 of 3"),
            note=_("Claimed today. Your supervisor looks at it."),
        ),
        quest(_("Lesson: return policy"), "done", _("done"), reward=_("+10 points")),
        quest(_("No reopened ticket all week"), "over", _("4 of 5 days"), note=_("New on Monday.")),
    ]


def _bosses() -> list[Boss]:
    def boss(state: str, creature: str, health: int, name: str, when: str, **more: Any) -> Boss:
        plain = {"mood": "calm", "phases": [33, 66]}
        return Boss(name, creature, state=state, health=str(health), when=when, **(plain | more))

    return [
        boss(
            "running",
            "dragon",
            38,
            _("The Double-Twelve Dragon"),
            _("2 d 6 h left"),
            mood="angry",
            facts=[
                (_("Tickets handled"), _("12,400 of 20,000")),
                (_("Satisfaction, must stay above 90 %"), "91.8 % ✓"),
                (_("Your share"), "214"),
            ],
            url="#bosses",
            action=_("See the battle"),
        ),
        boss("coming", "storm", 100, _("The Monsoon"), _("from 1 Dec 2026"), phases=[50]),
        boss(
            "down",
            "kraken",
            0,
            _("The Year-End Kraken"),
            _("corrections until %(day)s") % {"day": "9 Dec 2026"},
            mood="down",
        ),
        boss("counting", "ghost", 4, _("The Lost Parcel"), _("being counted"), mood="angry"),
        boss("hidden", "clockwork", 100, _("The Waiting Clock"), _("a rehearsal")),
        boss(
            "won",
            "golem",
            0,
            _("The Backlog Golem"),
            _("21 Nov 2026"),
            mood="down",
            ending=_("Won on the fifth day. Everyone who took part was rewarded."),
        ),
        boss(
            "lost",
            "storm",
            9,
            _("The Autumn Storm"),
            _("31 Oct 2026"),
            ending=_("1,140 tickets were missing. Health left: 9 %."),
        ),
    ]


def _kudos() -> SimpleNamespace:
    return SimpleNamespace(
        from_name="Chen Hao",
        to_name="王小敏",
        text=_("You stayed with my customer until the refund had arrived. That saved my evening."),
        value=_("Helping each other"),
        coins="5",
        when=_("today, %(time)s") % {"time": "10:42"},
        iso="2026-11-21T10:42",
        reactions=[(_("Thank you"), 3, True), (_("Well done"), 1, False)],
    )


def _sides() -> list[SimpleNamespace]:
    weight, target = _("Weight of first response"), _("Target of first response")
    return [
        SimpleNamespace(
            title=_("In force"),
            rows=[(weight, "20 %", False), (target, "30 s", False), (_("Points"), "100", False)],
        ),
        SimpleNamespace(
            title=_("Draft"),
            rows=[(weight, "30 %", True), (target, "28 s", True), (_("Points"), "100", False)],
        ),
    ]


def _sign_offs() -> list[SimpleNamespace]:
    def row(name: str, role: str, state: str, when: str = "", words: str = "") -> SimpleNamespace:
        return SimpleNamespace(
            name=name, role=role, state=state, when=when, words=words, actions=""
        )

    return [
        row("Li Wei", _("Agent"), "signed", "18 Nov 2026"),
        row("Yang Tian", _("Manager"), "declined", "19 Nov 2026", _("Two of three months yet.")),
        row("Min Ma", _("HR"), "waiting"),
    ]


def _strip() -> Any:
    first = date(2026, 8, 31)
    course = [3, 5, 4, 6, 7, None, None, 4, 6, 8, 9, 6, None, None, 0, 7, 5, 8, 12, None, 2]
    return heat(
        [
            (
                first + timedelta(days=at),
                None if course[at % 21] is None else Decimal(course[at % 21] or 0),
                f"{first + timedelta(days=at)}: {course[at % 21] or 0}",
            )
            for at in range(12 * 7)
        ]
    )


def _lost() -> list[Lost]:
    return [
        Lost(_("First response"), "34 s", "28 s", "−6.1", "+6.1", share=54, url="#scores"),
        Lost(_("First-contact resolution"), "77 %", "80 %", "−3.8", "+3.8", 34, "#scores"),
    ]


def _wins() -> list[Win]:
    level = _("You have reached level %(level)d.") % {"level": 7}
    badge = _("Instant Responder in gold")
    return [Win(level, "#levels"), Win(badge, medal=WonMedal(badge, "gold", "bolt", "efficiency"))]
