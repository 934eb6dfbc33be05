"""Every page of the site, as each role that may see it: sizes, languages, colours, accessibility.

Pages are found by following links (`discovery`); a page that nobody reaches fails the test unless
EXCLUDED says why. The first role that has a page has it looked at thoroughly: both languages, both
sizes, both colours, magnified. Of accessibility the second language is asked what words can change.
Another role's page is looked at, in one language, where it has an element in a place in which no
earlier role had one; what every answer shares is asked of each without a browser. With SCREENSHOTS
set pictures go to var/screenshots/ROLE/PAGE-SIZE-LANGUAGE-COLOURS.jpg, as `make pictures` has them.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error as PlaywrightError

from tests.browser.walk.conftest import DESK, PHONE, ZOOMED, Reached, Site
from tests.browser.walk.discovery import Element, Elements, Found, elements, routes
from tests.browser.walk.looking import PICTURES, RULES, WORDS, axe_problems
from tests.dashboards.test_csp import inline_parts

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Response

pytestmark = [pytest.mark.slow]
ROLES = ("administrator", "manager", "supervisor", "agent", "hr", "executive", "nobody")
TALLEST = 3000
LANGUAGES = {"en": "en", "zh-hans": "zh-Hans"}
# The policy of every page; style attributes may stay open, for what ECharts and Bootstrap place.
POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
}
# Pages that no link leads to in a company at rest, and why.
EXCLUDED = {
    "badges:battle_guests": "needs a battle of some teams; tests/badges/test_battle_pages.py",
    "badges:status_list": "read by machines; tests/badges/test_credentials.py",
    "badges:achievement": "read by machines; tests/badges/test_credentials.py",
    "badges:achievement_picture": "read by machines; tests/badges/test_credentials.py",
    "dashboards:wall_scenes": "a fragment that the wall's own script asks for",
    "scoring:wizard_columns": "needs an uploaded file; tests/scoring/test_wizard.py walks it",
    "scoring:wizard_check": "needs an uploaded file; tests/scoring/test_wizard.py walks it",
    "scoring:wizard_save": "needs an uploaded file; tests/scoring/test_wizard.py walks it",
}


def test_every_page_is_reached_by_someone(found: Reached) -> None:
    pages = {name for role in ROLES for name in found(role).pages}
    reached = pages | {name for role in ROLES for name in found(role).others}
    missing = set(routes()) - reached - set(EXCLUDED)
    assert ", ".join(sorted(missing)) == "", "link to them, or say in EXCLUDED why nobody comes"
    assert sorted(set(EXCLUDED) & pages) == [], "these are reached: take them off the list"


@pytest.fixture(scope="package")
def news(found: Reached) -> Callable[[str], dict[str, bool]]:
    """The pages of a role to look at: those that no earlier role has (True), or had otherwise."""
    known: dict[str, Elements] = {}
    shell: set[Element] = set()
    told: dict[str, dict[str, bool]] = {}
    for role in ROLES:
        told[role] = {}
        for name, made in found(role).elements.items():
            first = name not in known
            earlier = known.setdefault(name, Elements(shell=shell))
            if first or made.beyond(earlier):
                told[role][name] = first
            earlier.page |= made.page
            shell |= made.shell
    return told.__getitem__


@pytest.mark.parametrize(
    ("html", "new"),
    [
        ("<main><p>Other words</p><p>twice</p></main>", False),
        ('<main><p class="won">Words</p></main>', True),
        ("<main><p data-poll=1>Words</p></main>", True),
        ("<main><div><p>Words</p></div></main>", True),
        ("<main><p>Words</p></main><nav></nav>", True),
        ("<p>Words</p>", True),
    ],
)
def test_news_are_elements_and_their_places_and_no_words(html: str, new: bool) -> None:
    assert elements(html).beyond(elements("<main><p>Words</p><div></div></main>")) is new


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role(
    site: Site, found: Reached, news: Callable[[str], dict[str, bool]], browser: Browser, role: str
) -> None:
    shutil.rmtree(PICTURES / role, ignore_errors=True)
    (PICTURES / role).mkdir(parents=True)
    problems = [*found(role).failed, *_shared_problems(found(role))]
    for number, language in enumerate(LANGUAGES):
        context = _context(browser, site, role, language)
        page = context.new_page()
        _listen(page, site, problems)
        for at, (name, thorough) in enumerate(news(role).items()):
            if thorough or at % 2 == number:
                url = found(role).pages[name]
                try:
                    problems += _visit(page, name, url, role, language, thorough=thorough)
                except PlaywrightError as error:
                    problems.append(f"{role} {url} ({language}): {error}")
        context.close()
    assert problems == []


def _shared_problems(found: Found) -> list[str]:
    """What is wrong with pages whoever draws them, and in which language they were drawn."""
    told = []
    for name, policy in found.policies.items():
        wrong = _policy_problems(policy)
        if name != "dashboards:wall" and not re.search(r'<html[^>]* lang="en"', found.html[name]):
            wrong.append("is not in English")
        wrong += inline_parts(found.html[name])
        told += [f"{found.pages[name]}: {problem}" for problem in wrong]
    return told


def _context(browser: Browser, site: Site, role: str, language: str) -> BrowserContext:
    """A browser of someone who reads that language."""
    context = browser.new_context(
        viewport={"width": DESK[0], "height": DESK[1]},
        reduced_motion="reduce",
        service_workers="block",  # it would fetch every file of every page once more
        locale=LANGUAGES[language],
        base_url=site.url,
    )
    context.set_default_timeout(60_000)
    context.add_cookies(site.cookies(role, theme="light", language=language))
    return context


def _listen(page: Page, site: Site, problems: list[str]) -> None:
    host = urlsplit(site.url).netloc

    def requested(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.netloc != host:
            problems.append(f"{page.url}: asks another host, {url}")

    page.on("request", lambda request: requested(request.url))
    page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda line: problems.append(f"{page.url}: {line.text}") if line.type == "error" else None,
    )


def _visit(
    page: Page, name: str, url: str, role: str, language: str, *, thorough: bool
) -> list[str]:
    """Look at one page at each size, light and dark; what is wrong with it, in words."""
    _resize(page, DESK)
    answer = page.goto(url, wait_until="load")
    # A wall speaks the language that its screen was given, not its onlooker's.
    spoken = [] if name == "dashboards:wall" else _language_problems(page, language)
    told = [*_answer_problems(answer), *spoken]
    file = PICTURES / role / re.sub(r"[^\w]+", "-", name)
    light_first = language == "en"
    for size, label, dark in ((DESK, "desk", not light_first), (PHONE, "phone", light_first)):
        colours = "dark" if dark else "light"
        if size == PHONE:
            _resize(page, size)
        _colours(page, dark=dark)
        told += _too_wide(page, label)
        if size == PHONE or (thorough and light_first):
            rules = RULES if light_first or not thorough else WORDS
            told += axe_problems(page, f"{label}, {colours}", rules)
        if os.environ.get("SCREENSHOTS") and (thorough or name == "dashboards:home"):
            _picture(page, f"{file}-{label}-{language}-{colours}.jpg")
    if thorough and light_first:
        _resize(page, ZOOMED)
        told += _too_wide(page, "200 %")
    return [f"{role} {url} ({language}): {problem}" for problem in told]


def _picture(page: Page, file: str) -> None:
    """The page as far as one looks: very long ones are cut."""
    width, height = page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
    cut: Any = {"x": 0, "y": 0, "width": width, "height": min(height, TALLEST)}
    page.screenshot(path=file, type="jpeg", quality=60, full_page=True, clip=cut)


def _resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


def _colours(page: Page, *, dark: bool) -> None:
    """Switch as the person's choice would, without asking the server again."""
    # Two frames later no colour is half-way, not even those that change at once.
    page.evaluate(
        """async theme => {
          document.documentElement.dataset.bsTheme = theme;
          const frame = () => new Promise(requestAnimationFrame);
          await frame(); await frame();
        }""",
        "dark" if dark else "light",
    )


def _answer_problems(answer: Response | None) -> list[str]:
    if answer is None or answer.status != 200:
        return [f"answered {answer.status if answer else 'nothing'}"]
    return _policy_problems(answer.headers.get("content-security-policy", ""))


def _policy_problems(policy: str) -> list[str]:
    given = dict(part.strip().partition(" ")[::2] for part in policy.split(";") if part.strip())
    return [
        f"{name} is {given.get(name)}" for name, want in POLICY.items() if given.get(name) != want
    ]


def _language_problems(page: Page, language: str) -> list[str]:
    lang = page.evaluate("document.documentElement.lang")
    return [] if lang == LANGUAGES[language] else [f"is in {lang}"]


def _too_wide(page: Page, label: str) -> list[str]:
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{over} px wider than the window ({label})"] if over > 0 else []
