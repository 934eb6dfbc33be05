"""The badges that ship with the product are in order, named in both languages, and have pictures."""

import pytest

from badges.awards.catalogue import shipped
from badges.awards.checks import problems
from badges.awards.glyphs import GLYPHS
from badges.models import Badge, BadgeSet, BadgeVersion
from scoring.criteria import load_criteria, sentence

pytestmark = pytest.mark.django_db
NAMED = {
    "秒回侠", "解忧大师", "好评收割机", "产品专家", "效率先锋", "客户好评王", "最佳新人",
    "48小时零投诉金牌", "技术专家", "情绪管理师", "产品体验官",
}  # fmt: skip


def test_every_shipped_badge_could_be_published_as_it_is() -> None:
    versions = BadgeVersion.objects.select_related("badge")
    found = {version.badge.key: problems(version.badge, version) for version in versions}
    assert found == {badge["key"]: {} for badge in shipped()[0]}


def test_shipped_badges_have_names_texts_and_pictures() -> None:
    badges = list(Badge.objects.filter(shipped=True))
    assert {badge.name_zh for badge in badges} >= NAMED
    for badge in badges:
        assert all((badge.about_en, badge.about_zh, badge.glyph in GLYPHS)), badge.key
    for each in BadgeSet.objects.all():
        assert all((each.badges.count() >= 3, each.name_zh, each.about_zh)), each.key


def test_every_criterion_can_be_said_in_words() -> None:
    for version in BadgeVersion.objects.all():
        for tier in version.tiers:
            if tier["criteria"]:
                assert sentence(load_criteria(tier["criteria"]), "zh-hans").endswith("。")
