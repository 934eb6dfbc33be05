"""Finding a mapping by name: the company's own, those that ship with the product, or a file."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from incentives.org.wording import in_readers_language
from scoring.models import Mapping
from scoring.models.sources import FactKind

from .errors import BadMapping
from .fields import FIELDS
from .mapping import FileMapping, parse

SHIPPED = Path(__file__).parent / "mappings"
CANONICAL = "canonical"
_CANONICAL = {
    FactKind.TICKETS: gettext_lazy(
        "Tickets or calls in a file whose columns are named like our fields."
    ),
    FactKind.ACTIVITIES: gettext_lazy(
        "Lessons, reviews, surveys and other activities in a file whose columns are named like our"
        " fields."
    ),
    FactKind.QUEUES: gettext_lazy(
        "Intervals of a telephone or chat system in a file whose columns are named like our fields."
    ),
    FactKind.AGENTS: gettext_lazy(
        "People and teams in a file whose columns are named like our fields."
    ),
}
DEMO = "demo-"  # these fit nothing but the files that `manage.py demo` writes


@dataclass(frozen=True, slots=True)
class NamedMapping:
    """A mapping with its name and its text."""

    name: str
    text: str
    mapping: FileMapping

    @property
    def description(self) -> str:
        """One sentence for choosing it, in the language of the reader."""
        english, chinese = self.mapping.description, self.mapping.description_zh
        return in_readers_language(english, chinese)


def find_mapping(name: str | None = None, *, kind: str | None = None) -> NamedMapping:
    """The mapping called `name`, or in the file `name` (ending .toml), for files of `kind`.

    Without a name it is the canonical one. Of several files of one system (zendesk,
    zendesk-ratings) each has a name of its own; canonical has one for each kind. Raises
    BadMapping for an unknown name or a mapping of another kind.
    """
    name = name or CANONICAL
    found = _in_file(Path(name)) if name.endswith(".toml") else _by_name(name, kind)
    if kind is not None and found.mapping.kind != kind:
        raise BadMapping(
            _("The mapping %(name)s is for %(its)s, not for %(kind)s.")
            % {"name": found.name, "its": found.mapping.kind, "kind": kind}
        )
    return found


def shipped_mappings() -> list[NamedMapping]:
    """The mappings to choose from that ship with the product, by name; not those of the demo."""
    return [_shipped(name) for name in sorted(_shipped_names()) if _offered(name)]


def _in_file(path: Path) -> NamedMapping:
    try:
        return _read(path)
    except OSError:
        message = _("There is no mapping file %(path)s.") % {"path": path}
        raise BadMapping(message) from None
    except UnicodeDecodeError:
        message = _("The mapping file %(path)s is not UTF-8 text; save it as UTF-8.")
        raise BadMapping(message % {"path": path}) from None


def _by_name(name: str, kind: str | None) -> NamedMapping:
    stored = Mapping.objects.filter(name=name).first()
    if stored is not None:
        return NamedMapping(name, stored.text, parse(stored.text, name=name))
    wanted = f"{name}-{kind or FactKind.TICKETS}" if name == CANONICAL else name
    if wanted in _shipped_names():
        return _shipped(wanted)
    offered = filter(_offered, _shipped_names())
    known = sorted({*offered, *Mapping.objects.values_list("name", flat=True)})
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    raise BadMapping(
        _("There is no mapping called %(name)s; known are %(known)s.")
        % {"name": name, "known": ", ".join(near or known)}
    )


def _offered(name: str) -> bool:
    return not name.startswith(DEMO)


def _shipped_names() -> list[str]:
    in_files = [path.stem for path in SHIPPED.glob("*.toml")]
    return [*in_files, *(f"{CANONICAL}-{kind}" for kind in _CANONICAL)]


def _shipped(name: str) -> NamedMapping:
    kind = name.removeprefix(f"{CANONICAL}-")
    if kind == name:
        return _read(SHIPPED / f"{name}.toml")
    described = _CANONICAL[FactKind(kind)]
    with override("en"):
        text = f'description = "{described}"\n'
    with override("zh-hans"):
        text += f'description_zh = "{described}"\n'
    text += f'kind = "{kind}"\noptional = true\n\n[fields]\n' + "".join(
        f'{field} = "{field}"\n' for field in FIELDS[kind]
    )
    return NamedMapping(name, text, parse(text, name=name))


def _read(path: Path) -> NamedMapping:
    text = path.read_text(encoding="utf-8-sig")
    return NamedMapping(path.stem, text, parse(text, name=path.stem))
