"""The page in a real browser: a person is chosen, a card is pressed, the clock is turned, on a desk and on a phone."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.sandbox.conftest import GROUP, Line, Town, button_card

pytestmark = pytest.mark.browser


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        await browser.close()


async def _answer_one_press(line: Line) -> None:
    """The bot's side: redraw whatever is pressed next."""
    event = await line.heard()
    card = {**button_card(main_title={"title": "已签收"}), "button_list": [{"text": "承诺", "key": "promise"}]}
    body = {"response_type": "update_template_card", "template_card": card}
    await line.ask("aibot_respond_update_msg", body, event["headers"]["req_id"])


@pytest.mark.parametrize("width", [1400, 390])
async def test_a_card_is_pressed_and_redrawn_before_ones_eyes(town: Town, browser: Browser, width: int) -> None:
    line = await town.introduced()
    hostile = "**好**\n<img src=x onerror=\"document.title='broken'\">"
    markdown = {"chatid": GROUP, "chat_type": 2, "msgtype": "markdown", "markdown": {"content": hostile}}
    await line.ask("aibot_send_msg", markdown)
    card = {"chatid": GROUP, "chat_type": 2, "msgtype": "template_card", "template_card": button_card()}
    await line.ask("aibot_send_msg", card)
    page = await browser.new_page(viewport={"width": width, "height": 800})
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.goto(town.url)
    await page.click("#people button[title^=陈静]")
    await page.click(f"[data-chat={GROUP}]")
    assert await page.inner_text(".bubble b") == "好"
    pressing = asyncio.ensure_future(_answer_one_press(line))
    await page.click(".card button[data-key=accept]")
    await page.wait_for_selector(".card button[data-key=promise]")
    await pressing
    assert await page.inner_text(".card .title") == "已签收"
    if width < 900:
        await page.click("#tools-button")
    await page.click("[data-jump=next_morning]")
    await page.wait_for_function("document.querySelector('#clock span').textContent.includes('11月24日')")
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await page.title() == "练习城市 · 有诉即办"
    assert problems == []
    await page.close()
