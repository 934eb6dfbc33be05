"""From the keys that exports use to people and teams, many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.contrib.auth.hashers import make_password

from incentives.org.models import Alias, Person, Team
from incentives.org.names import NameKind, Names, cleaned, giving

LONGEST_KEY = 200


def usable(key: str) -> bool:
    """Whether a trimmed key can be stored: not empty, not too long, no NUL (which no text has)."""
    return bool(key) and len(key) <= LONGEST_KEY and "\x00" not in key


def find_people(source: str, keys: Iterable[str]) -> dict[str, int]:
    """Map each known key, as given, to its person's id.

    Keys match exactly after trimming: first the person's own key, then other keys for this source,
    then other keys for any source.
    """
    trimmed = {key: key.strip() for key in keys}
    wanted = {key for key in trimmed.values() if usable(key)}
    found: dict[str, int] = {}
    for alias_source in dict.fromkeys(["", source]):
        rows = Alias.objects.filter(source=alias_source, key__in=wanted)
        found |= dict(rows.values_list("key", "person_id"))
    found |= dict(Person.objects.filter(key__in=wanted).values_list("key", "id"))
    return {key: found[text] for key, text in trimmed.items() if text in found}


def create_people(named: Mapping[str, str]) -> dict[str, int]:
    """Make people without login for unknown agents: key → name ("" means the key is the name).

    Returns key (as given) → person id, also for keys that someone else made meanwhile. Keys that
    cannot be stored (empty, over 200 characters, with NUL) make no person and are left out, and so
    are those that nobody may have (`names`): someone has to say whose they are. A name that nobody
    may have is left out alone.
    """
    trimmed = {key: key.strip() for key in named}
    wanted: dict[str, str] = {}
    for key, text in trimmed.items():
        if usable(text):
            wanted.setdefault(text, cleaned(named[key].replace("\x00", ""))[:LONGEST_KEY] or text)
    with giving():
        known = set(Person.objects.filter(key__in=wanted).values_list("key", flat=True))
        Person.objects.bulk_create(
            [
                Person(key=key, display_name=name, password=make_password(None))
                for key, name in _nameable({k: wanted[k] for k in wanted if k not in known})
            ],
            ignore_conflicts=True,
            batch_size=5000,
        )
    ids = dict(Person.objects.filter(key__in=wanted).values_list("key", "id"))
    return {key: ids[text] for key, text in trimmed.items() if text in ids}


def _nameable(wanted: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Those of the keys that a new person may have, each with the name that they may have."""
    names = Names.in_use() if wanted else Names()
    for key, name in wanted.items():
        if names.refusal(NameKind.KEY, key, who=key):
            continue
        names.add(key, NameKind.KEY, key)
        shown = key if names.refusal(NameKind.NAME, name, who=key) else name
        names.add(key, NameKind.NAME, shown)
        yield key, shown


def find_or_create_teams(names: Iterable[str]) -> dict[str, int]:
    """Map each team name or key, as given, to the team's id; unknown ones become teams.

    A key matches before a name; of several teams with one name the oldest is taken. Names that
    cannot be stored (empty, over 200 characters, with NUL) are left out.
    """
    trimmed = {name: name.strip() for name in names}
    wanted = {text for text in trimmed.values() if usable(text)}
    ids = _team_ids(wanted)
    missing = sorted(wanted - ids.keys())
    if missing:
        Team.objects.bulk_create(
            [Team(key=text, name=text) for text in missing], ignore_conflicts=True
        )
        ids |= _team_ids(missing)
    return {name: ids[text] for name, text in trimmed.items() if text in ids}


def _team_ids(texts: Iterable[str]) -> dict[str, int]:
    texts = list(texts)
    by_name = Team.objects.filter(name__in=texts).order_by("-id").values_list("name", "id")
    by_key = Team.objects.filter(key__in=texts).values_list("key", "id")
    return {**dict(by_name), **dict(by_key)}
