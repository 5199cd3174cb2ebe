# conftest.py
# Runs tools/report on captures, and opens its page in headless Chromium
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TIME_LIMIT = 600
CHROMIUM_OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                    "--disable-background-networking", "--disable-component-update", "--window-size=1366,768"]


@pytest.fixture(scope="session")
def report(tmp_path_factory):
    """Runs tools/report; the answer is what subprocess.run gives."""
    build = ROOT / os.environ.get("PVSBOOT_BUILD", "build/test")

    def run(*arguments, check=True, cwd=None):
        done = subprocess.run([ROOT / "tools" / "report", *arguments], capture_output=True, text=True,
                              timeout=TIME_LIMIT, cwd=cwd or tmp_path_factory.mktemp("report"),
                              env={**os.environ, "PVSBOOT_BUILD": str(build), "LC_ALL": "C.UTF-8"})
        if check:
            assert done.returncode == 0, done.stderr
        return done
    return run


@pytest.fixture(scope="session")
def page_file(report, tmp_path_factory):
    """Writes a report on captures, by options and names, and returns the page's path."""
    def make(*words):
        path = tmp_path_factory.mktemp("page") / "report.html"
        report("-o", path, *words)
        return path
    return make


class Browser:
    def __init__(self, driver):
        self.driver = driver

    def open(self, path):
        """Opens a page; returns what it said on the console, and all addresses it asked for but its own."""
        for log in ("browser", "performance"):
            self.driver.get_log(log)
        self.driver.get(path.as_uri())
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        asked = [message["params"]["request"]["url"] for message in messages
                 if message["method"] == "Network.requestWillBeSent"]
        assert path.as_uri() in asked, "the browser's log of requests does not work"
        console = [entry["message"] for entry in self.driver.get_log("browser")]
        return console, [url for url in asked if url != path.as_uri()]

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def prefer(self, scheme=None, media=""):
        features = [{"name": "prefers-color-scheme", "value": scheme}] if scheme else []
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features, "media": media})


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for option in (*CHROMIUM_OPTIONS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(option)
    driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    driver.set_page_load_timeout(60)
    driver.set_script_timeout(60)
    try:
        yield Browser(driver)
    finally:
        driver.quit()
