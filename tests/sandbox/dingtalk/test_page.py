"""The page of a mixed city: a DingTalk card looks like one, is pressed and redrawn, on a desk and on a phone."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser

from tests.sandbox.dingtalk.conftest import GROUP, Socket, Town
from tests.sandbox.test_page import browser  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser


async def _sign(socket: Socket) -> None:
    frame = await socket.frame(10)
    update = {"cardData": {"cardParamMap": {"title": "孙伟已签收", "markdown": "**好**"}}}
    await socket.ack(frame, {"response": update})


@pytest.mark.parametrize("width", [1400, 390])
async def test_a_dingtalk_card_is_pressed_and_redrawn(mixed: Town, browser: Browser, width: int) -> None:  # noqa: F811
    socket = await mixed.connected()
    hostile = {"title": "工单", "markdown": "<img src=x onerror=\"document.title='broken'\">"}
    card = mixed.card()
    card["cardData"]["cardParamMap"] |= hostile
    await mixed.create(card)
    page = await browser.new_page(viewport={"width": width, "height": 800})
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.goto(mixed.url)
    await page.click("#people button[title^=孙伟]")
    await page.wait_for_function("document.querySelectorAll('#chat-list .tag.ding').length === 2")
    await page.click(f"[data-chat={GROUP}]")
    await page.wait_for_function("document.querySelector('.ding-bar')?.textContent === '工单'")
    pressing = asyncio.ensure_future(_sign(socket))
    await page.click(".ding-card button[data-key=accept]")
    await page.wait_for_function("document.querySelector('.ding-bar').textContent === '孙伟已签收'")
    await pressing
    if width < 900:
        await page.click("#tools-button")
    assert "接口 1 / 5000" in await page.inner_text("#connection")
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await page.title() == "练习城市 · 有诉即办"
    assert problems == []
    await page.close()
