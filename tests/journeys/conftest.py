"""A small demonstration city, made and served by the product's own commands, and a real browser."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
ENTERPRISES = 120
_COMMAND = Path(sys.executable).with_name("xinqiao")
_QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Served:
    """A city on its port.

    Attributes:
        address: Where its pages are.
        home: Its home folder.
    """

    address: str
    home: Path

    def get(self, path: str) -> httpx.Response:
        """One of its answers."""
        return httpx.get(self.address + path, timeout=30)


@dataclass
class Visit:
    """A person at a browser, and every request their pages made.

    Attributes:
        page: The open page.
        requested: Addresses requested.
        complaints: What the console said and what scripts threw.
    """

    page: Page
    requested: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demonstration, small: `xinqiao demo`, then `xinqiao serve`."""
    home = tmp_path_factory.mktemp("demo")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    surroundings = {**os.environ, "XINQIAO_HOME": str(home)}
    subprocess.run(
        [_COMMAND, "demo", "--no-serve", "--enterprises", str(ENTERPRISES)],
        env=surroundings,
        check=True,
        capture_output=True,
        timeout=300,
    )
    with (home / "serve.log").open("w") as log:
        serving = subprocess.Popen(
            [_COMMAND, "serve", "--no-worker", "--port", str(port)], env=surroundings, stderr=log, stdout=log
        )
    try:
        served = Served(f"http://127.0.0.1:{port}", home)
        # The client waits longer before each new attempt to connect, until the pages are up.
        with httpx.Client(transport=httpx.HTTPTransport(retries=7)) as client:
            client.get(f"{served.address}/healthz", timeout=30).raise_for_status()
        yield served
    finally:
        serving.send_signal(signal.SIGINT)
        serving.wait(timeout=30)


@pytest.fixture(scope="session")
def codes(city: Served) -> dict[str, str]:
    """A code of an enterprise by grade."""
    table = city.get("/enterprises.csv?q=91449&sort=-coverage").text
    return {grade: code for code, grade in re.findall(r"([0-9A-Z]{18}),(A|B|C|D|NR),", table)}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, told to make no requests of its own."""
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}; install it with: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=_QUIET)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Browser, city: Served) -> Iterator[Visit]:
    """Somebody at a desk."""
    context = browser.new_context(base_url=city.address, viewport={"width": 1280, "height": 900})
    yield watched(context)
    context.close()


@pytest.fixture
def phone(browser: Browser, city: Served) -> Iterator[Visit]:
    """Somebody with the narrowest phone there is."""
    context = browser.new_context(
        base_url=city.address, viewport={"width": 360, "height": 740}, has_touch=True
    )
    yield watched(context)
    context.close()


@pytest.fixture
def scriptless(browser: Browser, city: Served) -> Iterator[Visit]:
    """Somebody whose browser runs no scripts."""
    context = browser.new_context(base_url=city.address, java_script_enabled=False)
    yield watched(context)
    context.close()


def watched(context: BrowserContext) -> Visit:
    """A page that keeps account of what it asked for and complained of."""
    visit = Visit(context.new_page())

    def note(request: Request) -> None:
        visit.requested.append(request.url)

    context.on("request", note)
    visit.page.on("console", lambda told: visit.complaints.append(told.text))
    visit.page.on("pageerror", lambda thrown: visit.complaints.append(str(thrown)))
    return visit
