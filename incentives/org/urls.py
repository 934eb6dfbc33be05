"""Addresses of people, teams and the own profile."""

from django.urls import path

from incentives.org.views import company, notices, people, person, profile, teams

urlpatterns = [
    path("company/", company.company, name="company"),
    path("me/", profile.me, name="me"),
    path("me/address/", profile.address, name="address"),
    path("language/", profile.language, name="language"),
    path("notices/", notices.notices, name="notices"),
    path("notices/bell/", notices.bell, name="bell"),
    path("notices/read/", notices.notices_read, name="notices_read"),
    path("notices/celebrated/", notices.notices_celebrated, name="notices_celebrated"),
    path("notices/choose/", notices.notices_choose, name="notices_choose"),
    path("notices/<int:pk>/open/", notices.notice_open, name="notice_open"),
    path("people/", people.people, name="people"),
    path("people/new/", people.new_person, name="new_person"),
    path("people/<int:pk>/", person.person, name="person"),
    path("people/<int:pk>/edit/", person.edit, name="edit_person"),
    path("people/<int:pk>/password/", person.password, name="set_password"),
    path("people/<int:pk>/team/", person.join, name="join_team"),
    path("people/<int:pk>/position/", person.position, name="set_position"),
    path("people/<int:pk>/leave/", person.leave, name="leave"),
    path("people/<int:pk>/let-in/", person.let_in, name="let_in"),
    path("people/<int:pk>/keys/", person.add_alias, name="add_alias"),
    path("people/<int:pk>/keys/<int:alias>/remove/", person.remove_alias, name="remove_alias"),
    path("people/<int:pk>/roles/", person.add_role, name="add_role"),
    path("people/<int:pk>/roles/<int:grant>/remove/", person.remove_role, name="remove_role"),
    path("teams/", teams.teams, name="teams"),
    path("teams/new/", teams.new_team, name="new_team"),
    path("teams/<int:pk>/", teams.team, name="team"),
    path("teams/<int:pk>/edit/", teams.edit, name="edit_team"),
    path("teams/<int:pk>/supervisor/", teams.supervisor, name="set_supervisor"),
]
