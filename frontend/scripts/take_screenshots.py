"""Takes the manifest's pictures from a running site: `python scripts/take_screenshots.py http://127.0.0.1:8000`."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

TARGET = Path(__file__).parent.parent / "public" / "screenshots"
CHROMIUM = "/usr/bin/chromium"


def main(site: str) -> None:
    TARGET.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(
            viewport={"width": 390, "height": 844},
            device_scale_factor=2,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            color_scheme="light",
        )
        page.goto(site)
        page.get_by_role("heading", name="En ce moment").wait_for()
        page.screenshot(path=TARGET / "feed.png")
        page.locator("a[href^='/a/']").first.click()
        page.get_by_test_id("live-count").wait_for()
        page.screenshot(path=TARGET / "action.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
