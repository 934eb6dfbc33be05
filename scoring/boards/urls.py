"""Addresses of leaderboards and their editor."""

from django.urls import path

from scoring.boards.views import boards
from scoring.boards.views import editing as board_editing

urlpatterns = [
    path("boards/", boards.boards, name="boards"),
    path("boards/new/", board_editing.board_edit, name="board_new"),
    path("boards/name/", boards.board_name, name="board_name"),
    path("boards/<slug:key>/", boards.board, name="board"),
    path("boards/<slug:key>/edit/", board_editing.board_edit, name="board_edit"),
    path("boards/<slug:key>/archive/", board_editing.board_archive, name="board_archive"),
]
