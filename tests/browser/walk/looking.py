"""What every walk looks for: what axe-core finds in a page, and where pictures go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
#: Ignored by git.
PICTURES = Path(settings.BASE_DIR) / "var" / "screenshots"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: The rules whose verdict depends on words: names of things, and how much room they take.
WORDS = [
    *("aria-command-name", "aria-input-field-name", "aria-meter-name", "aria-progressbar-name"),
    *("aria-tab-name", "aria-toggle-field-name", "aria-tooltip-name", "button-name"),
    *("document-title", "html-has-lang", "html-lang-valid", "image-alt", "input-button-name"),
    *("label", "label-content-name-mismatch", "link-name", "role-img-alt", "select-name"),
    *("scrollable-region-focusable", "summary-name", "svg-img-alt", "target-size", "valid-lang"),
]


def axe_problems(page: Page, label: str, rules: list[str] = RULES) -> list[str]:
    """What is serious or worse in the page as it stands, in words; `rules` are RULES or WORDS."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    options: dict[str, Any] = {"runOnly": rules, "resultTypes": ["violations"]}
    result = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"axe {each['id']} ({label}): {node['html'][:150]} {node['failureSummary'][-220:]}"
        for each in result["violations"]
        for node in each["nodes"][:2]
        if each["impact"] in ("serious", "critical")
    ]
