"""A stack and a headless Chromium for the session; a new profile for each test.

    /usr/bin/python3 -m pytest tests/browser                 # a stack of its own
    RUN_DIR=.run /usr/bin/python3 -m pytest tests/browser    # the stack that runs there
"""

import shutil
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "e2e"), str(TESTS / "e2e" / "auth")]

from selenium import webdriver  # noqa: E402  (after the path is set)
from selenium.common.exceptions import WebDriverException  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from world import WORLD  # noqa: E402

PAGE_S = 60
NO_SCRIPT = {"profile.managed_default_content_settings.javascript": 2}


@pytest.fixture(scope="session", autouse=True)
def stack():
    if not WORLD.is_ours:
        yield WORLD
        return
    try:
        WORLD.up()
        yield WORLD
    finally:
        WORLD.down()
        WORLD.forget()


def start(options, attempts=3):
    """A browser that does not come up in time says nothing about the pages."""
    for attempt in range(1, attempts + 1):
        try:
            return webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)
        except WebDriverException as error:
            if attempt == attempts:
                raise
            print(f"Chromium did not start ({error.msg}), again")


def open_browser(folder, preferences):
    options = webdriver.ChromeOptions()
    # As root, and in containers with a small /dev/shm.
    for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                 "--no-first-run", "--disable-background-networking", "--lang=en",
                 f"--user-data-dir={folder}"):
        options.add_argument(flag)
    options.add_experimental_option("prefs", preferences)
    driver = start(options)
    driver.set_page_load_timeout(PAGE_S)
    driver.set_script_timeout(PAGE_S)
    return driver


@pytest.fixture
def browser(tmp_path):
    driver = open_browser(tmp_path / "profile", {})
    yield driver
    driver.quit()


@pytest.fixture
def browser_without_script(tmp_path):
    driver = open_browser(tmp_path / "profile", NO_SCRIPT)
    yield driver
    driver.quit()
