"""Chromium for the tests marked `browser`: found, else installed, else a message that says how to get it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from backoffice.configuration import BASE_DIR

PICTURES = Path(BASE_DIR) / ".data" / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
INSTALL_PATIENCE_S = 600
HOW_TO_GET_IT = """\
No Chromium was found, and none could be installed. Any of these helps:
  * sudo apt-get install chromium
  * .venv/bin/playwright install chromium
  * CHROMIUM=/path/to/chrome make test
Without a browser: make test ARGS="-m 'not browser'"."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running headless browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def complaints(page: Page) -> list[str]:
    """What the browser's console says of errors and of the content policy, from now on."""
    heard: list[str] = []
    page.on(
        "console", lambda message: heard.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def photograph(page: Page, name: str, *, whole: bool = False) -> None:
    """Leave a picture in .data/screenshots/ for people, and for CI to keep.

    On a busy machine Chromium now and then says that it is unable to, which is no fault of the page:
    a picture is no outcome of a test.
    """
    path = PICTURES / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        page.screenshot(path=path, full_page=whole)
    except Error as error:
        if "Unable to capture" not in error.message:
            raise


@cache
def executable() -> str:
    """The path of a Chromium; fails the test, with the way out, where there is none."""
    return _found() or _installed_by_apt() or _installed_by_playwright() or _none()


def _found() -> str | None:
    if given := os.environ.get("CHROMIUM"):
        return shutil.which(given) or pytest.fail(f"CHROMIUM={given} is no program.", pytrace=False)
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    return on_path or next(map(str, _of_playwright()), None)


def _of_playwright() -> list[Path]:
    """Browsers that playwright downloaded earlier, newest first."""
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")
    found = [
        path
        for pattern in (
            "chromium-*/chrome-linux*/chrome",
            "chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/*",
        )
        for path in cache.glob(pattern)
    ]
    return sorted(found, reverse=True)


def _installed_by_apt() -> str | None:
    """As root, or where sudo asks nothing; only in CI, because a test must not change somebody's machine unasked."""
    if not os.environ.get("CI") or not shutil.which("apt-get"):
        return None
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "-y", "chromium", "fonts-liberation"],
    ):
        if not _run([*prefix, *command]):
            return None
    return shutil.which("chromium")


def _installed_by_playwright() -> str | None:
    if not _run([sys.executable, "-m", "playwright", "install", "chromium"]):
        return None
    return next(map(str, _of_playwright()), None)


def _run(command: list[str]) -> bool:
    sys.stderr.write(f"browser: {' '.join(command)}\n")
    try:
        ran = subprocess.run(
            command,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            check=False,
            stdout=subprocess.DEVNULL,
            timeout=INSTALL_PATIENCE_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ran.returncode == 0


def _none() -> str:
    return pytest.fail(HOW_TO_GET_IT, pytrace=False)
