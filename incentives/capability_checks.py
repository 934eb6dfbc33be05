"""What `manage.py check` asks of the declarations of capabilities; each answer names the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks

from incentives.capabilities import (
    Capability,
    Entry,
    NightStep,
    Phase,
    capabilities,
)
from incentives.org.notices import GROUPS, NoticeKind

_Declared = list[tuple[str, Capability]]


def check_capabilities(**_options: Any) -> list[checks.CheckMessage]:
    """Whether the declarations fit together, and every table belongs to one of them."""
    declared = list(zip(settings.CAPABILITIES, capabilities(), strict=True))
    finders: tuple[Callable[[_Declared], Iterator[str]], ...] = (
        _twice,
        _unknown_steps,
        _unknown_groups,
        _homeless_tables,
    )
    return [
        checks.Error(problem, id=f"capabilities.E{number:03}")
        for number, find in enumerate(finders, start=1)
        for problem in find(declared)
    ]


def file_of(package: str) -> str:
    """The file in which a package declares itself, from the project's folder."""
    return f"{package.replace('.', '/')}/capability.py"


def _parts(declared: _Declared, kind: type[Any]) -> Iterator[tuple[str, Any]]:
    for package, each in declared:
        for part in each.parts:
            if isinstance(part, kind):
                yield file_of(package), part


def _twice(declared: _Declared) -> Iterator[str]:
    yield from _repeated(
        "capability", [(file_of(package), each.name) for package, each in declared]
    )
    for kind in _named_kinds(declared):
        named = [(file, part.name) for file, part in _parts(declared, kind)]
        yield from _repeated(kind.__name__, named)
    entries = [
        (file, f"{part.name} for {part.audience.value}") for file, part in _parts(declared, Entry)
    ]
    yield from _repeated("Entry", entries)


def _named_kinds(declared: _Declared) -> Iterable[type[Any]]:
    """Kinds of parts that have a name and are no pages: two of one name could not be told apart."""
    found = {type(part) for _package, each in declared for part in each.parts}
    return sorted(
        (kind for kind in found if kind is not Entry and hasattr(kind, "name")),
        key=lambda kind: kind.__name__,
    )


def _repeated(what: str, named: list[tuple[str, str]]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for file, name in named:
        if name in seen:
            yield f"{file}: {what} “{name}” stands in {seen[name]} already; give one of them another name."
        seen.setdefault(name, file)


def _unknown_steps(declared: _Declared) -> Iterator[str]:
    steps = list(_parts(declared, NightStep))
    places = {step.name: step.place for _file, step in steps if step.phase is Phase.FOLLOWS}
    for file, step in steps:
        for name in step.after:
            if name not in places:
                yield f"{file}: the night step “{step.name}” waits for “{name}”, which no capability declares."
            elif places[name] >= step.place:
                yield f"{file}: the night step “{step.name}” waits for “{name}”, which has a later place."


def _unknown_groups(declared: _Declared) -> Iterator[str]:
    for file, kind in _parts(declared, NoticeKind):
        if kind.group not in GROUPS:
            yield (
                f"{file}: notices “{kind.name}” are of the group “{kind.group}”, which nobody can"
                f" switch off; there are {', '.join(GROUPS)}."
            )


def _homeless_tables(declared: _Declared) -> Iterator[str]:
    homes = [f"{package}." for package, _each in declared]
    homes += [f"{table}." for _package, each in declared for table in each.tables]
    for config in apps.get_app_configs():
        if not Path(config.path).is_relative_to(settings.BASE_DIR) or ".venv" in config.path:
            continue
        for model in config.get_models():
            # The history of a table is where the table is.
            module = getattr(model, "pgh_tracked_model", model).__module__
            if not f"{module}.".startswith(tuple(homes)):
                file = module.replace(".", "/")
                yield (
                    f"{file}.py: the table of {model.__name__} is in no layer: list its package in"
                    " CAPABILITIES, or name its module in the `tables` of a capability."
                )
