"""Files as evidence: what they are, where they lie, and that they go with their claim."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from badges.models import QuestClaim
from badges.quests import files
from badges.quests.claims import Evidence, claim, withdraw
from badges.quests.making import cancel
from incentives.org.models import Membership
from incentives.org.refusals import Refused
from tests.badges.quest_data import MONDAY, no_rotation, quest  # noqa: F401
from tests.org.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_rotation")]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 20, "image/jpeg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7\n", "application/pdf"),
    ],
)
def test_a_file_is_what_its_bytes_say(head: bytes, found: str) -> None:
    assert files.check(SimpleUploadedFile("notes.exe", head)) == found


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<script>alert(1)</script>", "PNG, JPEG and WebP"),
        (b"MZ\x90\0", "PNG, JPEG and WebP"),
        (b"RIFF\0\0\0\0WAVEfmt ", "PNG, JPEG and WebP"),
        (b"", "empty"),
        (PNG + b"\0" * files.LARGEST, "larger than 5 MB"),
    ],
)
def test_other_files_are_refused_whatever_their_name(content: bytes, message: str) -> None:
    with pytest.raises(Refused, match=message):
        files.check(SimpleUploadedFile("holiday.png", content, content_type="image/png"))


def test_a_file_is_kept_under_a_name_of_ours_and_only_with_its_claim(cast: Cast) -> None:
    made = quest(cast.alpha, way="claimed", evidence="file")
    sent = SimpleUploadedFile("../../etc/passwd.png", PNG)
    handed = claim(quest=made, by=cast.agent, evidence=Evidence(file=sent), on=MONDAY)
    path = files.where(handed.file_path)
    assert path.read_bytes() == PNG
    assert "passwd" not in handed.file_path
    sent = SimpleUploadedFile("more.png", PNG)
    with pytest.raises(Refused):
        claim(quest=made, by=cast.agent, evidence=Evidence(file=sent), on=MONDAY)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("called_off", [False, True])
def test_the_file_goes_with_a_claim_that_is_taken_back(
    cast: Cast, called_off: bool, django_capture_on_commit_callbacks: Any
) -> None:
    Membership.objects.create(person=cast.supervisor, team=cast.alpha, starts_on=MONDAY)
    made = quest(cast.alpha, way="claimed", evidence="file")
    sent = [Evidence(file=SimpleUploadedFile(f"{n}.png", PNG)) for n in range(2)]
    other = claim(quest=made, by=cast.agent, evidence=sent[0], on=MONDAY)
    mine = claim(quest=made, by=cast.supervisor, evidence=sent[1], on=MONDAY)
    path = files.where(mine.file_path)
    with django_capture_on_commit_callbacks(execute=True):
        if called_off:
            cancel(quest=made, by=cast.supervisor, reason="It was a mistake", today=MONDAY)
        else:
            withdraw(claim=mine, by=cast.supervisor)
        assert path.is_file()
    assert not path.exists()
    left = QuestClaim.objects.get(pk=mine.pk)
    assert (left.status, left.file_path) == ("withdrawn", "")
    assert files.where(other.file_path).is_file()
