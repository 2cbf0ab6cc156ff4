"""Pages in a real browser: Debian's Chromium, driven by Playwright, and each page looked over by axe."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.desk.users import PASSWORD

CODES = itertools.count()
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; the test is skipped where there is none (`make test` installs it where it has the right)."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium here; install it with: sudo apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


def signed_in(browser: Browser, served: str, username: str, *, language: str = "en") -> Page:
    """A page on which a user has signed in, as a person does."""
    context = browser.new_context(
        base_url=served, locale={"en": "en-GB", "zh": "zh-CN"}[language], viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    page.goto("/sign-in/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/second-factor/")
    page.fill("input[name=token]", f"{username[:8]}{next(CODES)}")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "second-factor" not in url)
    wanted = {"en": "en", "zh": "zh-hans"}[language]
    if page.get_attribute("html", "lang") != wanted:
        page.click("button[name=language]")
        page.wait_for_selector(f"html[lang={wanted}]")
    return page


def check_page(page: Page) -> None:
    """axe finds nothing against WCAG 2.1 A and AA."""
    found: Any = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    assert found.violations_count == 0, found.generate_report()


def pictured(page: Page, name: str, folder: Path) -> None:
    """For a person to look at; not part of a test."""
    folder.mkdir(exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)
