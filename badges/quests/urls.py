"""Quests and claims."""

from django.urls import URLPattern, path

from badges.quests.views import (
    board as quest_board,
)
from badges.quests.views import (
    claims as quest_claims,
)
from badges.quests.views import (
    pool as quest_pool,
)
from badges.quests.views import (
    quests,
)

urlpatterns: list[URLPattern] = [
    path("quests/", quests.quests, name="quests"),
    path("quests/past/", quests.quests_past, name="quests_past"),
    path("quests/board/", quest_board.quest_board, name="quest_board"),
    path("quests/new/", quest_board.quest_new, name="quest_new"),
    path("quests/pool/", quest_pool.quest_pool, name="quest_pool"),
    path("quests/pool/new/", quest_pool.quest_template, name="quest_template_new"),
    path("quests/pool/settings/", quest_pool.quest_settings, name="quest_settings"),
    path("quests/pool/<int:pk>/", quest_pool.quest_template, name="quest_template"),
    path(
        "quests/pool/<int:pk>/archive/",
        quest_pool.quest_template_archive,
        name="quest_template_archive",
    ),
    path("quests/claims/approve/", quest_claims.quest_approve, name="quest_approve"),
    path("quests/claims/<int:pk>/refuse/", quest_claims.quest_refuse, name="quest_refuse"),
    path("quests/claims/<int:pk>/withdraw/", quest_claims.quest_withdraw, name="quest_withdraw"),
    path("quests/claims/<int:pk>/file/", quest_claims.quest_evidence, name="quest_evidence"),
    path("quests/<int:pk>/", quests.quest, name="quest"),
    path("quests/<int:pk>/claim/", quest_claims.quest_claim, name="quest_claim"),
    path("quests/<int:pk>/cancel/", quest_board.quest_cancel, name="quest_cancel"),
]
