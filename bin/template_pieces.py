"""Templates in pieces: which of them belong together, and where white space cannot be seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_VOID = "area base br col embed hr img input link meta source track wbr"
_BLOCKS = """
    html head body title script style template noscript link meta base div p section article aside
    header footer main nav form fieldset legend dialog details summary figure figcaption blockquote
    pre address search ul ol li dl dt dd table caption colgroup col thead tbody tfoot tr th td
    h h1 h2 h3 h4 h5 h6 br hr select option optgroup datalist area source track
    defs use path circle rect line polyline polygon ellipse symbol linearGradient stop
"""
VOID = set(_VOID.split())
# Elements at whose edges browsers drop white space, parts of drawings too; h: <h{{ level }}>.
BLOCKS = set(_BLOCKS.split())
VERBATIM = {"pre", "textarea", "script", "style"}
# What other templates fill, or fill in; what stands beside is known only outside of them.
HOLES = ("block", "slot")
SILENT = re.compile(
    r"\{#|\{% *(load|extends|get_current_language)\b"
    r"|\{%[^%]* as \w+ *%\}|\{% *blocktranslate[^%]* asvar "
)
DJANGO = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
SENTENCE = re.compile(r"(\{% *blocktranslate\b.*?%\})(.*?)(\{% *endblocktranslate *%\})", re.DOTALL)
INCLUDE = re.compile(r"\{% *include \"([^\"#]+)\"")
STYLES = "\n".join(path.read_text() for path in (ROOT / "static/css").glob("*.css"))
STYLES = re.sub(r"/\*.*?\*/", "", STYLES, flags=re.DOTALL)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def classes(*, declared: str) -> set[str]:
    """Whose elements have a declaration, whatever they are in and on whatever screen."""
    found = set[str]()
    for selectors, body in RULE.findall(re.sub(r"@[^{]*\{([^{}]*\{[^{}]*\})*[^{}]*\}", "", STYLES)):
        if re.search(declared, body):
            found.update(re.findall(r"(?:^|,)\s*\w*\.([\w-]+)\s*(?=,|$)", selectors))
    return found


TIGHT = {
    name
    for selectors, body in RULE.findall(STYLES)
    if re.search(r"white-space:\s*(pre|break)", body)
    for name in re.findall(r"\.([\w-]+)", selectors)
}
# What styles look at when it is empty.
EMPTIES = set(re.findall(r"\.([\w-]+):empty", STYLES))
HIDDEN = {"visually-hidden"}
# Elements (class of what they are in, name) before or after whose text styles write something.
GENERATED = {
    (around, name)
    for selectors, body in RULE.findall(STYLES)
    if re.search(r"content:\s*\"[^\"]", body)
    and not re.search(r"position:\s*absolute|display:", body)
    for around, name in re.findall(
        r"\.([\w-]+) (?:[^,]* )?(\w+)[^\s,]*::(?:before|after)", selectors
    )
}
# White space between the children of these is not shown.
FLEXIBLE = classes(declared=r"display:\s*(inline-)?(flex|grid)") - {
    name
    for selectors, body in RULE.findall(STYLES)
    if re.search(r"display:\s*(block|inline|contents|inline-block|table|revert)(?![-\w])", body)
    for name in re.findall(r"\.([\w-]+)", selectors)
}


@dataclass(slots=True)
class Token:
    """A word, a tag of HTML or Django, or a piece that stays as it is; `space` stood before it."""

    text: str
    space: str = ""
    name: str = ""
    role: str = ""  # open, mid or close
    is_html: bool = False
    is_verbatim: bool = False

    @property
    def is_block(self) -> bool:
        return self.is_html and self.name in BLOCKS


def tokens(source: str) -> Iterator[Token]:
    """The template in pieces between which lines could break."""
    paired = set(re.findall(r"\{% *end(\w+)", source))
    at, space = 0, ""
    while at < len(source):
        if source[at].isspace():
            end = next((i for i in range(at, len(source)) if not source[i].isspace()), len(source))
            space, at = source[at:end], end
            continue
        token, at = _next(source, at, paired)
        token.space, space = space, ""
        yield token
        if token.role == "open" and (token.name in VERBATIM or has_class(token, TIGHT)):
            end = _end_of(source, at, token.name)
            token.role = ""
            yield Token(source[at:end], name=token.name, is_html=True, is_verbatim=True)
            at = end


def _next(source: str, at: int, paired: set[str]) -> tuple[Token, int]:
    if found := SENTENCE.match(source, at):
        return Token(sentence(found)), found.end()
    if found := DJANGO.match(source, at):
        word = re.match(r"\{% *(\w+)", found[0])
        name, role = word[1] if word else "", ""
        if name in ("else", "elif", "empty"):
            role = "mid"
        elif name.startswith("end"):
            name, role = name[3:], "close"
        elif name in paired:
            role = "open"
        return Token(found[0], name=name, role=role), found.end()
    if re.match(r"<[A-Za-z/{!]", source[at:]):
        text, end = _html_tag(source, at)
        found = re.match(r"</?([A-Za-z][\w-]*)?", text)
        name = found[1] or "" if found else ""
        is_single = name in VOID or text.endswith("/>") or text.startswith("<!")
        role = "" if is_single else "close" if text.startswith("</") else "open"
        return Token(text, name=name, role=role, is_html=True), end
    found = re.compile(r"(?:(?!\{[%{#]|<[A-Za-z/{!])\S)+").match(source, at)
    assert found
    return Token(found[0]), found.end()


def _html_tag(source: str, at: int) -> tuple[str, int]:
    """A tag of HTML with single spaces between its attributes, and where it ends."""
    if source.startswith("<!--", at):
        end = source.index("-->", at) + 3
        return source[at:end], end
    written, quote, end = "", "", at
    while True:
        if found := DJANGO.match(source, end):
            written, end = written + found[0], found.end()
            continue
        sign, end = source[end], end + 1
        if sign in "\"'":
            quote = "" if quote == sign else quote or sign
        if not quote and sign.isspace():
            sign = "" if written.endswith(" ") else " "
        if not quote and sign == ">":
            return written.rstrip() + ">", end
        written += sign


def sentence(found: re.Match[str]) -> str:
    head, text, end = found.groups()
    return (
        head
        + (
            re.sub(r"\s*(\{% *plural *%\})\s*", r"\1", one_line(text))
            if "trimmed" in head
            else text
        )
        + end
    )


def in_lines(tag: str) -> str:
    """A sentence as blocktranslate says it, which may be written in several lines."""
    return re.sub(
        r'\{% *translate "([^"%{}]+)"( context "[^"]*")?(?: as (\w+))? *%\}',
        lambda found: (
            "{% blocktranslate trimmed"
            + (f" asvar {found[3]}" if found[3] else "")
            + (found[2] or "")
            + " %}"
            + found[1]
            + "{% endblocktranslate %}"
        ),
        tag,
    )


def one_line(text: str) -> str:
    return " ".join(text.split())


def has_class(token: Token, names: set[str]) -> bool:
    """Whether a tag of HTML has one of these classes for sure."""
    found = re.search(r'\bclass="([^"]*)"', token.text) if token.is_html else None
    return bool(
        found
        and names & set(DJANGO.sub(" . ", re.sub(r"\{% *if.*?endif *%\}", "", found[1])).split())
    )


def _end_of(source: str, at: int, name: str) -> int:
    depth = 1
    for found in re.finditer(rf"<(/?){name}\b", source[at:]):
        depth += -1 if found[1] else 1
        if not depth:
            return source.index(">", at + found.start()) + 1
    raise ValueError(f"<{name}> has no end")


@dataclass(slots=True)
class Node:
    """A token, or an element or Django's block and its inside; `close` is -1 without an end."""

    at: int
    close: int = -1
    inside: list[Node] = field(default_factory=list)


class Template:
    """A template's tokens, which of them belong together, and where lines may break."""

    def __init__(self, source: str) -> None:
        self.tokens = list(tokens(source))
        self.extends = bool(self.tokens) and self.tokens[0].name == "extends"
        self.ends: dict[int, int] = {}  # opening → closing token
        self.opened: dict[int, int] = {}  # closing or middle → opening token
        self.inner: dict[int, list[int]] = {}  # of Django's: the middle and closing tokens
        self._pair()
        self.around = [-1] * len(
            self.tokens
        )  # the opening token of the element or block a gap is in
        self.solid: set[int] = {-1}  # those that show something for sure
        self.nodes = self._nodes(0, len(self.tokens), -1)
        self.flexible = self._flexible()
        self.answers: dict[tuple[str, int], bool] = {}
        for at in (at for at, token in enumerate(self.tokens) if token.name in HOLES):
            if self.extends or self.tokens[at].role == "close":
                self.answers["_ends_block", at] = False
            if self.extends or self.tokens[at].role == "open":
                self.answers["_begins_block", at] = False
        for at in filter(self._has_generated, self.ends):
            self.answers["_ends_block", at] = self.answers["_begins_block", self.ends[at]] = False

    def _pair(self) -> None:
        stack: list[int] = []
        for at, token in enumerate(self.tokens):
            if token.role == "open":
                stack.append(at)
            elif token.role in ("mid", "close"):
                depth = len(stack) - 1
                while depth >= 0 and not self._belongs(self.tokens[stack[depth]], token):
                    depth = (
                        -1 if token.is_html and not self.tokens[stack[depth]].is_html else depth - 1
                    )
                if depth < 0:
                    continue
                self.opened[at] = stack[depth]
                self.inner.setdefault(stack[depth], []).append(at)
                if token.role == "close":
                    self.ends[stack[depth]] = at
                del stack[depth + (token.role == "mid") :]

    @staticmethod
    def _belongs(opening: Token, token: Token) -> bool:
        if token.role == "mid":
            return opening.name in ("if", "for") and not opening.is_html
        return (opening.name, opening.is_html) == (token.name, token.is_html)

    def _flexible(self) -> list[bool]:
        """For each token, whether what follows stands in an element with flexible layout."""
        found, around = [], [False]
        for token in self.tokens:
            if token.is_html and token.role == "open":
                around.append(has_class(token, FLEXIBLE))
            elif token.is_html and token.role == "close" and len(around) > 1:
                around.pop()
            found.append(around[-1])
        balanced = all(
            at in self.ends or at in self.opened
            for at, token in enumerate(self.tokens)
            if token.is_html and token.role
        )
        return found if balanced else [False] * len(found)

    def _has_generated(self, at: int) -> bool:
        name, around = self.tokens[at].name, self.around[at]
        classes = {each for each, of in GENERATED if of == name}
        while around >= 0 and not has_class(self.tokens[around], classes):
            around = self.around[around]
        return around >= 0 and bool(classes)

    def _nodes(self, at: int, end: int, around: int) -> list[Node]:
        found = []
        while at < end:
            close, token = self.ends.get(at, -1), self.tokens[at]
            self.around[at] = around
            if close >= 0:
                self.around[close] = at
            if token.is_html or not re.match(r"\{[%#]", token.text):
                self.solid.add(around)
            found.append(Node(at, close, self._nodes(at + 1, close, at) if close >= 0 else []))
            at = max(at, close) + 1
        return found

    def ends_block(self, at: int) -> bool:
        """Whether what is shown up to this token ends at a block's edge, in every branch."""
        return self._known(self._ends_block, at)

    def begins_block(self, at: int) -> bool:
        """Whether what is shown from this token on begins at a block's edge, in every branch."""
        return self._known(self._begins_block, at)

    def _known(self, question: Callable[[int], bool], at: int) -> bool:
        if not 0 <= at < len(self.tokens):
            return False
        key = (question.__name__, at)
        if key not in self.answers:
            self.answers[key] = False  # what a loop asks about itself
            self.answers[key] = question(at)
        return self.answers[key]

    def _ends_block(self, at: int) -> bool:
        token, opening = self.tokens[at], self.opened.get(at, -1)
        if token.is_html:
            is_edge = token.is_block or self.flexible[at]
            into = token.role == "open"
            return is_edge or (into and (token.name == "button" or self.ends_block(at - 1)))
        if token.role == "open" and at in self.ends:
            again = token.name != "for" or self.ends_block(self.inner[at][0] - 1)
            return again and self.ends_block(at - 1)
        if token.role == "close" and opening >= 0:
            none = self._shows_something(opening) or self.ends_block(opening - 1)
            return none and all(self.ends_block(each - 1) for each in self.inner[opening])
        if included := INCLUDE.match(token.text):
            return edges(included[1])[1]
        if token.role == "mid" and opening >= 0:
            at = opening  # what stands before the first branch stands before each
        elif not SILENT.match(token.text):
            return False
        return self.ends_block(at - 1)

    def _begins_block(self, at: int) -> bool:
        token, opening = self.tokens[at], self.opened.get(at, -1)
        if token.is_html:
            is_edge = token.is_block or (at > 0 and self.flexible[at - 1])
            out = token.role == "close"
            return is_edge or (out and (token.name == "button" or self.begins_block(at + 1)))
        if token.role == "open" and at in self.ends:
            none = self._shows_something(at) or self.begins_block(self.ends[at] + 1)
            return none and all(self.begins_block(each + 1) for each in [at, *self.inner[at][:-1]])
        if included := INCLUDE.match(token.text):
            return edges(included[1])[0]
        if token.role in ("mid", "close") and opening >= 0:
            if self.tokens[opening].name == "for" and not self.begins_block(opening + 1):
                return False
            at = self.ends[opening]
        elif not SILENT.match(token.text):
            return False
        return self.begins_block(at + 1)

    def _shows_something(self, opening: int) -> bool:
        """Whether a block of Django shows one of its branches for sure."""
        inner = [self.tokens[each].name for each in self.inner[opening]]
        return (
            self.tokens[opening].name not in ("if", "for") or {"else", "empty"} & {*inner} != set()
        )

    def gap(self, at: int) -> str:
        """What stands before a token: "break" or nothing, a "space" or a break, "none" at all."""
        token, around = self.tokens[at], self.around[at]
        is_free = self.extends and around < 0
        is_seen = token.is_verbatim or self._may_be_empty(around) or self._is_beside_hidden(at)
        if not is_seen and (is_free or self.ends_block(at - 1) or self.begins_block(at)):
            return "break"
        return "space" if token.space and not token.is_verbatim else "none"

    def _is_beside_hidden(self, at: int) -> bool:
        """Whether a part out of the flow begins here or ended before: browsers show space there."""
        before = at - 1
        while before >= 0 and self.tokens[before].role and not self.tokens[before].is_html:
            before -= 1
        begun = self.tokens[self.opened.get(before, at)]
        return has_class(begun, HIDDEN) or has_class(self.tokens[at], HIDDEN)

    def _may_be_empty(self, opening: int) -> bool:
        """Whether white space directly inside could be all that an element has."""
        if self.ends.get(opening) == opening + 1:
            return True
        while opening not in self.solid and not self.tokens[opening].is_html:
            opening = self.around[opening]
        return opening not in self.solid and has_class(self.tokens[opening], EMPTIES)


@cache
def edges(name: str) -> tuple[bool, bool]:
    """Whether a template always begins, and ends, with a block's edge."""
    path = ROOT / "templates" / name
    template = Template(path.read_text() if path.exists() else "")
    return template.begins_block(0), template.ends_block(len(template.tokens) - 1)
