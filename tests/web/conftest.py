"""A real browser in front of a real world, one of each for the folder; a fresh page for each test."""

import asyncio
import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.web.browser import find_chromium, open_browser
from benchmarks.web.place import Place, open_place
from benchmarks.web.wallet import Wallet
from demo.checkout import Checkout
from tests.deployments import DEPLOYMENTS
from tests.web.people import PATIENCE_MS, Leader, OpenPage, leader_on_the_desk

expect.set_options(timeout=PATIENCE_MS)

_HERE = Path(__file__).parent
_LONGEST_S = 900
_running: list[asyncio.AbstractEventLoop] = []
"""The loop of the browser's driver, which counts as running as long as the driver is there."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first test of a worker waits for the whole world. Income needs the gains with which that begins:
    other tests let prices fall.
    """
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.timeout(_LONGEST_S))
    items.sort(key=lambda item: item.path != _HERE / "test_referral.py")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """The driver's loop counts as running in this folder's tests alone: no other could run after them."""
    if _running and item.path.is_relative_to(_HERE):
        asyncio._set_running_loop(_running[0])
    try:
        return (yield)
    finally:
        asyncio._set_running_loop(None)


def _or_skip(found: Any, what: str) -> Any:
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail(f"{what}: on CI the dApp would go untested")
    return pytest.skip(what)


@pytest.fixture(scope="session")
def chromium() -> str:
    missing = "there is no chromium on the PATH: `apt-get install chromium` gives one"
    path: str = _or_skip(find_chromium(), missing)
    return path


@pytest.fixture(scope="session")
def web() -> Path:
    folder: Path = _or_skip(Checkout.here().web, "the dApp is not built: `make web` builds it")
    return folder


@contextmanager
def _driving() -> Iterator[None]:
    """As in this folder's tests: what is shared by them ends after whichever test comes last."""
    before = asyncio._get_running_loop()
    asyncio._set_running_loop(_running[0])
    try:
        yield
    finally:
        asyncio._set_running_loop(before)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    stack = ExitStack()
    opened = stack.enter_context(open_browser(chromium))
    _running.append(asyncio.get_running_loop())
    yield opened
    with _driving():
        stack.close()
    _running.clear()


@pytest.fixture(scope="session")
def place(chromium: str, web: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with open_place(tmp_path_factory.mktemp("web"), web, deployments=DEPLOYMENTS) as opened:
        yield opened


@pytest.fixture
def open_page(browser: Browser, place: Place) -> Iterator[OpenPage]:
    """Opens a page at a path, with a wallet or none. What a page complains of fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_one(
        path: str = "/", wallet: Wallet | None = None, *, width: int = 1280, theme: str = "dark"
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, locale="en-US", base_url=place.url
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if _is_complaint(said.text) else None)
        if wallet is not None:
            wallet.join(page)
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not complaints


def _is_complaint(text: str) -> bool:
    """Whether the page broke its own policy or React has found a mistake."""
    return any(sign in text for sign in ("Content Security Policy", "Minified React error", "TrustedScript"))


@pytest.fixture(scope="session")
def leader(browser: Browser, place: Place) -> Iterator[Leader]:
    """A strategy opened and funded on the desk, and how its leader trades there: side and part."""
    stack = ExitStack()
    yield stack.enter_context(leader_on_the_desk(browser, place))
    with _driving():
        stack.close()
