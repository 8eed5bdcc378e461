"""The pages in Debian's Chromium: axe-core in every language, the keyboard alone, and no scripts.

The engine is the one inside PyPI's axe-playwright-python.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.judges.test_axe import CHROMIUM, FLAGS, SET_APART, grave, nodes_seen
from tests.web.house import House, served

from infomail.model.subscriber import Status
from infomail.subscribers import leave
from infomail.tokens import Purpose
from infomail.web.app import application
from infomail.web.languages import SPOKEN

NARROW, WIDE = 320, 1280
LEAST_NODES = 5


_PLACES = """words => words.map(word => {
    const place = document.querySelector("address")
    const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT)
    while (!walker.nextNode().data.includes(word)) {}
    const range = document.createRange()
    range.setStart(walker.currentNode, walker.currentNode.data.indexOf(word))
    range.setEnd(walker.currentNode, range.startOffset + word.length)
    return range.getBoundingClientRect().left
})"""
"""Where words of the postal address begin on the screen."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this file."""
    if CHROMIUM is None:
        pytest.skip("Chromium is missing — apt install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def engine() -> str:
    """The source of axe-core."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-core is missing — pip install axe-playwright-python")
    return Path(found.origin).with_name("axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def home(house: House) -> Iterator[str]:
    """The address of the front page."""
    with served(application(house.site)) as url:
        yield f"{url}{house.site.path}/"


def paths(house: House) -> dict[str, str]:
    """Name the pages, by what they are, each with its path."""
    number, gone = house.joined(), house.joined("gone@example.org")
    leave(house.office.database, house.office.secret, "gone@example.org", house.clock.now)
    request_id = house.asked("bo@example.org")
    return {
        "home": "",
        "join": "join",
        "confirm": house.confirm_path(request_id),
        "link": "preferences",
        "preferences": house.preferences_path(number),
        "out": house.preferences_path(gone),
        "address": f"address/here/{house.expiring(Purpose.HERE, request_id)}",
        "leave": house.leave_path(gone),
        "dead": "leave/x",
    }


PRESSED = ("join", "confirm", "link", "preferences", "leave")
"""Pages whose button leads to another page, or to one with faults."""


def tab(context: BrowserContext) -> Page:
    """Open a tab and read everything the browser has to complain of as a failure."""
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    return page


def opened(context: BrowserContext, url: str) -> Page:
    """Open a page in a tab of its own."""
    page = tab(context)
    page.goto(url)
    return page


@pytest.mark.parametrize("tag", SPOKEN)
def test_nobody_is_kept_out(
    house: House, home: str, browser: Browser, engine: str, tag: str
) -> None:
    """Axe has nothing serious or critical to say of any page, light or dark, wide or narrow.

    Nothing is cut off at 320 pixels (WCAG 2.2, success criterion 1.4.10).
    """
    pages, judged = paths(house), 0
    for scheme, width_px, only in (("light", WIDE, None), ("dark", NARROW, ["color-contrast"])):
        size: Any = {"width": width_px, "height": 800}
        looks: Any = scheme
        with browser.new_context(viewport=size, color_scheme=looks) as context:
            context.add_init_script(engine)
            # A new tab is a new process, which costs more than the judgement.
            page = tab(context)
            for name, path in pages.items():
                page.goto(f"{home}{path}?lang={tag}")
                judge(page, only)
                judged += 1
                assert page.evaluate("document.documentElement.scrollWidth") == width_px, name
                if name in PRESSED:
                    # A click does not wait for where it leads.
                    with page.expect_navigation():
                        page.click("main form button")
                    judge(page, only)
                    judged += 1
    assert judged == 2 * (len(pages) + len(PRESSED))


def judge(page: Page, only: list[str] | None) -> None:
    """Let axe judge a page by all rules, or by some, and see that it looked at its colours."""
    page.evaluate(SET_APART)
    options = {"preload": False, "resultTypes": ["violations", "passes"]}
    options |= {"runOnly": only} if only else {}
    results = page.evaluate("options => axe.run(document, options)", options)
    assert grave(results) == {}, page.url
    assert nodes_seen(results, "color-contrast") > LEAST_NODES


def test_axe_sees_faults(home: str, browser: Browser, engine: str) -> None:
    """A planted field without a name is convicted."""
    with browser.new_context() as context:
        page = opened(context, f"{home}join")
        page.evaluate("document.querySelector('label[for=address]').remove()")
        page.evaluate(engine)
        assert "label" in grave(page.evaluate("axe.run(document)"))


def test_an_address_is_read_in_its_order(home: str, browser: Browser) -> None:
    """The number before a town in Latin letters stays before it on a page in Arabic."""
    with browser.new_context() as context:
        page = opened(context, f"{home}?lang=ar")
        number, town = page.evaluate(_PLACES, ["1000", "Brussels"])
    assert number < town


@pytest.fixture
def keys(browser: Browser, home: str) -> Iterator[Callable[[str], Page]]:
    """Open a page in a browser whose scripts are off and whose mouse is never used."""
    with browser.new_context(java_script_enabled=False, locale="en-GB") as context:
        yield lambda path: opened(context, f"{home}{path}")


def until(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    pytest.fail(f"Tab does not reach {selector}")


def test_the_keyboard_is_enough(house: House, keys: Callable[[str], Page]) -> None:
    """Joining, confirming, choosing and leaving go by Tab, Space and Enter, without scripts."""
    page = keys("join")
    house.clock.now += 3
    page.keyboard.press("Tab")
    assert page.locator(".skip:focus").is_visible()
    until(page, "#address")
    page.keyboard.type("ana@example.org")
    until(page, "#topic-asylum")
    page.keyboard.press("Space")
    until(page, "#consent")
    page.keyboard.press("Space")
    until(page, "button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() == "Please look into your mailbox"
    page = keys(house.confirm_path(house.last_request()))
    until(page, "button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert house.status() is Status.CONFIRMED
    page = keys(house.preferences_path(1))
    assert page.locator("#topic-asylum").is_checked()
    until(page, "#pause-0")
    page.keyboard.press("ArrowDown")
    until(page, "button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("[role=status]").inner_text() == "Your preferences are saved."
    until(page, "section a")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    until(page, "button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() == "You have unsubscribed"
    assert house.status() is Status.LEFT


def test_a_fault_has_the_focus(house: House, keys: Callable[[str], Page]) -> None:
    """After a form with faults the focus is in the first field that has one, and is told of it."""
    page = keys("join")
    house.clock.now += 3
    until(page, "button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("#address:focus").count() == 1
    assert page.locator("#address").get_attribute("aria-describedby") == "address-fault"
    assert page.locator("#address-fault").is_visible()


def test_people_do_not_meet_the_trap(keys: Callable[[str], Page]) -> None:
    """The hidden field is outside the screen, of the order of Tab, and of what is read aloud."""
    page = keys("join")
    box = page.locator("#website").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] < 0
    assert page.locator("#website").get_attribute("tabindex") == "-1"
    assert page.get_by_role("textbox").count() == len(["address", "name"])
