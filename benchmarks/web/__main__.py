"""Measure the dApp in a browser and write `benchmarks/results/web.json`: `python -m benchmarks.web`.

The page is in front of a small demo world with everything on. What each figure means is in
`docs/benchmarks.md`. Times but those of the ten thousand rows and of a block are with a processor four times
slower than the machine's, as the browser slows it down.
"""

import gzip
import json
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from playwright.sync_api import Browser, Page, Request, Route
from rich.console import Console

from benchmarks.results import write
from benchmarks.web.browser import find_chromium, open_browser
from benchmarks.web.place import Place, open_place
from demo.checkout import Checkout

RUNS = 5
BLOCKS = 20
LEADERS = 10_000
_PAGE = 100
_SLOWER = 4

_LARGEST_PAINT = """
new Promise((resolve) => new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
  .observe({ type: 'largest-contentful-paint', buffered: true }))
"""
_WATCH_EVENTS = """
window.seen = [];
new PerformanceObserver((list) => window.seen.push(
  ...list.getEntries().filter((entry) => entry.interactionId).map((entry) => entry.duration)))
  .observe({ type: 'event', durationThreshold: 16, buffered: true });
"""
_WATCH_TASKS = """
window.tasks = [0];
new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((entry) => entry.duration)))
  .observe({ type: 'longtask' });
"""
_WHEN_SHOWN = """
(words) => new Promise((resolve) => {
  const look = () => {
    if (document.querySelector('.page-head').textContent.includes(words))
      requestAnimationFrame(() => resolve(Date.now()));
    else requestAnimationFrame(look);
  };
  look();
})
"""


def measure(browser: Browser, place: Place) -> dict[str, float]:
    """Every figure."""
    return {
        "first_load_script_gzip_kb": _script(browser, place),
        "lcp_ms": _median(lambda: _paint(browser, place, "/")),
        "lcp_leader_ms": _median(lambda: _paint(browser, place, "/leaders/1")),
        "interaction_ms": _median(lambda: _interaction(browser, place)),
        "longest_task_ms": _median(lambda: _scroll(browser, place, slower=1)),
        "longest_task_slowed_ms": _median(lambda: _scroll(browser, place, slower=_SLOWER)),
        **_blocks(browser, place),
    }


@contextmanager
def _page(browser: Browser, place: Place, *, slower: int = 1) -> Iterator[Page]:
    """A page of somebody who was never here, on a processor so many times slower."""
    context = browser.new_context(base_url=place.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    yield page
    context.close()


def _script(browser: Browser, place: Place) -> float:
    """Kilobytes of script that the first page has loaded when it is quiet, each file compressed alone."""
    with _page(browser, place) as page:
        scripts: dict[str, int] = {}

        def note(request: Request) -> None:
            answer = request.response()
            if request.resource_type == "script" and answer is not None:
                scripts[request.url] = len(gzip.compress(answer.body(), 9))

        page.on("requestfinished", note)
        page.goto("/")
        page.locator("table.leaders tbody th a").first.wait_for()
        page.wait_for_timeout(2_000)
    return round(sum(scripts.values()) / 1_000, 1)


def _paint(browser: Browser, place: Place, path: str) -> float:
    with _page(browser, place, slower=_SLOWER) as page:
        page.goto(path)
        page.locator("table tbody tr").first.wait_for()
        page.wait_for_timeout(1_000)
        found: float = page.evaluate(_LARGEST_PAINT)
    return found


def _interaction(browser: Browser, place: Place) -> float:
    """The slowest of what a visitor does on the first page: from the press to the next paint."""
    with _page(browser, place, slower=_SLOWER) as page:
        page.goto("/")
        page.locator("table.leaders tbody th a").first.wait_for()
        page.wait_for_timeout(1_000)
        page.evaluate(_WATCH_EVENTS)
        page.get_by_role("button", name="Copiers").click()
        page.get_by_role("radio", name="Week").check()
        page.get_by_role("button", name="Filters").click()
        page.get_by_label("Return, at least").press_sequentially("-50", delay=100)
        page.get_by_role("checkbox").first.click()
        page.get_by_role("button", name="Use the").click()
        page.get_by_label("Search by name").press_sequentially("bit", delay=100)
        page.wait_for_timeout(500)
        seen: list[float] = page.evaluate("window.seen")
    return max(seen, default=0.0)


def _scroll(browser: Browser, place: Place, *, slower: int) -> float:
    """The longest task of over 50 ms while ten thousand leaders are scrolled through; 0: there was none."""
    with _page(browser, place, slower=slower) as page:
        page.route("**/v1/leaders?*", _many(place))
        page.goto("/")
        page.locator("table.leaders tbody th a").first.wait_for()
        while page.locator("table.leaders").get_attribute("aria-rowcount") != str(LEADERS):
            page.evaluate("scrollTo(0, document.body.scrollHeight)")
            page.wait_for_timeout(20)
        page.evaluate("scrollTo(0, 0)")
        page.wait_for_timeout(500)
        page.evaluate(_WATCH_TASKS)
        page.mouse.move(600, 500)
        for _ in range(200):  # as fast as a hand flings: some 25,000 pixels a second
            page.mouse.wheel(0, 400)
            page.wait_for_timeout(16)
        for _ in range(10):  # as one drags the bar
            page.mouse.wheel(0, 50_000)
            page.wait_for_timeout(50)
        page.wait_for_timeout(200)
        tasks: list[float] = page.evaluate("window.tasks")
    return max(tasks)


def _many(place: Place) -> Any:
    """Answers with the demo's own leaders, over and over, in pages as the API's."""
    answer = place.get("/v1/leaders?window=all")
    rows = answer["data"]

    def fulfill(route: Route) -> None:
        start = int(route.request.url.partition("cursor=")[2] or 0)
        page = [{**rows[n % len(rows)], "strategy_id": n + 1} for n in range(start, start + _PAGE)]
        following = str(start + _PAGE) if start + _PAGE < LEADERS else None
        route.fulfill(json={**answer, "data": page, "next_cursor": following})

    return fulfill


def _blocks(browser: Browser, place: Place) -> dict[str, float]:
    """From the order to mine a block until the page shows what it did to a vault."""
    crowd = place.world.crowd.all
    vaults = place.get("/v1/vaults?strategy_id=1&status=Active&limit=100")["data"]
    vault = next(each for each in vaults if not each["is_leader"])
    owner = next(each.account for each in crowd if each.account.address == vault["owner"])
    hub = place.world.deployment.hub.functions
    taken = []
    with _page(browser, place) as page:
        page.goto(f"/vaults/{vault['id']}")
        page.get_by_text("Copying", exact=True).wait_for()
        page.wait_for_timeout(1_000)
        for turn in range(BLOCKS):
            call = hub.resume(vault["id"]) if turn % 2 else hub.pause(vault["id"])
            place.send(owner, call)
            words = "Copying" if turn % 2 else "Paused by you"
            shown = page.evaluate_handle(f"({{ at: ({_WHEN_SHOWN})({json.dumps(words)}) }})")
            began = time.time()
            place.request("evm_mine")
            taken.append(page.evaluate("(shown) => shown.at", shown) - began * 1_000)
    ordered = sorted(taken)
    return {
        "block_to_pixel_ms": round(statistics.median(ordered), 1),
        "block_to_pixel_worst_ms": round(ordered[-1], 1),
    }


def _median(run: Callable[[], float]) -> float:
    found: float = statistics.median(run() for _ in range(RUNS))
    return round(found, 1)


def _quiet() -> None:
    """The world's log would stand between the figures."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


def main() -> None:
    """Measure, show and write."""
    console = Console()
    chromium, web = find_chromium(), Checkout.here().web
    if chromium is None or web is None:
        console.print("This needs chromium on the PATH (`apt-get install chromium`) and `make web`.")
        sys.exit(1)
    _quiet()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_place(Path(folder), web) as place,
        open_browser(chromium) as browser,
    ):
        figures = measure(browser, place)
    console.print_json(data=figures)
    console.print(f"Written to {write('web', figures)}.", highlight=False)


if __name__ == "__main__":
    main()
