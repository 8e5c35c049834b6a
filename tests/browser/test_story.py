"""The whole story on the practice page, clicked by its people: from the hotline's words to the closed ledger row.

With YOUSU_SHOTS=DIR the pictures of the manual are saved there on the way.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from operations.practice import town

pytestmark = pytest.mark.browser

GROUP = "wrkSFfCgAA-RenShe01"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
DESK = {"width": 1400, "height": 820}
PHONE = {"width": 390, "height": 780}
PATIENCE_MS = 15_000
#: Read at import: during a test no setting comes in from outside.
SHOTS = Path(os.environ["YOUSU_SHOTS"]) if os.environ.get("YOUSU_SHOTS") else None
ANSWER = "材料齐全，11月25日上午已受理退休申请，受理编号已电话告知本人。"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A real chromium, closed at the end."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


class FrameHandler:
    """One browser window: be somebody, open a conversation, press, say, and see what is shown."""

    def __init__(self, page: Page, shots: Path | None) -> None:
        self.page = page
        self._shots = shots
        self.faults: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    async def be(self, name: str, chat: str) -> None:
        """Play this person, in that conversation."""
        await self.page.click(f"#people button[title^={name}]")
        await self.page.click(f"#chat-list [data-chat='{chat}']")

    async def press(self, caption: str) -> None:
        """Press the newest button with this caption."""
        exact = re.compile(f"^{caption}$")
        await self.page.locator("#messages .card button", has_text=exact).last.click()

    async def say(self, text: str) -> None:
        """Type and send; the page puts the mention in front in a group."""
        await self.page.fill("#text", text)
        await self.page.click("#send")

    async def sees(self, *words: str) -> None:
        """Wait until all these words stand in the open conversation."""
        for part in words:
            await expect(self.page.locator("#messages")).to_contain_text(part, timeout=PATIENCE_MS)

    async def newest_card_says(self, *words: str) -> None:
        """Wait until the newest card of the conversation says this."""
        for part in words:
            await expect(self.page.locator("#messages .card").last).to_contain_text(part, timeout=PATIENCE_MS)

    async def turn(self, jump: str, day: str) -> None:
        """Turn the clock with a button and wait for the day it brings."""
        await self.page.click(f"[data-jump={jump}]")
        await expect(self.page.locator("#clock span")).to_contain_text(day, timeout=PATIENCE_MS)
        await expect(self.page.locator(f"[data-jump={jump}]")).to_be_enabled(timeout=PATIENCE_MS)

    async def shoot(self, name: str) -> None:
        """Save a picture for the manual, if asked to: without a passing notice, at the end of the conversation."""
        if self._shots is None:
            return
        await self.page.evaluate("refresh()")
        await self.page.evaluate("document.querySelector('#toast').classList.remove('on')")
        await self.page.evaluate("document.querySelector('#messages').scrollTop = 1e6")
        await self.page.screenshot(path=self._shots / f"{name}.png", animations="disabled")


async def _take_in_and_dispatch(desk: FrameHandler) -> None:
    await desk.be("王敏", "app:wangmin")
    await desk.page.click("#samples li:first-child button")
    await desk.page.click("[data-how=forward]")
    await desk.newest_card_says("待核对", "测甲一", "人社局", "确认")
    await desk.shoot("1-intake")
    await desk.press("确认")
    await desk.newest_card_says("已登记")
    await desk.be("赵刚", "app:zhaogang")
    await desk.newest_card_says("待转办")
    await desk.press("转办人社局")
    await desk.newest_card_says("已转办待签收")


async def _accept_and_promise(desk: FrameHandler) -> None:
    await desk.be("陈静", GROUP)
    await desk.newest_card_says("11-24 17:00前", "签收")
    shown = await desk.page.inner_text("#messages")
    assert "测甲一" not in shown
    assert "00012340001" not in shown
    await desk.press("签收")
    await desk.newest_card_says("办理中")
    await desk.press("承诺")
    await desk.sees("陈静，请直接回复")
    await desk.say("明天")
    await desk.sees("已承诺，期限 2026-11-24")


async def _miss_the_limit(desk: FrameHandler) -> None:
    await desk.turn("next_morning", "11月24日")
    await desk.sees("催办提醒")
    await desk.turn("next_morning", "11月25日")
    await desk.be("赵刚", "app:zhaogang")
    await desk.newest_card_says("督办单草稿", "已超期1个工作日")
    await desk.shoot("3-supervision")
    await desk.press("督办")
    await desk.sees("督办单")


async def _answer_on_the_phone(phone: FrameHandler, url: str) -> None:
    await phone.page.goto(f"{url}/#user=chenjing&chat={GROUP}")
    await phone.newest_card_says("督办期限", "答复")
    await phone.press("答复")
    await phone.sees("办理结果（在群里请先 @机器人）")
    await phone.shoot("4-liaison-phone")
    await phone.say(ANSWER)
    await phone.sees("已收到答复，等待质检")
    assert await phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def _review_and_call_back(desk: FrameHandler) -> None:
    await desk.newest_card_says("待质检", ANSWER)
    await desk.press("质检通过")
    await desk.be("刘洁", "app:liujie")
    await desk.newest_card_says("待回访", ANSWER)
    await desk.shoot("5-call-back")
    await desk.press("满意")
    await desk.newest_card_says("清零销号")


async def _read_the_ledger(desk: FrameHandler) -> None:
    await desk.be("李建国", "app:lijianguo")
    await desk.say("/台账 1")
    await desk.sees("是否督办及时间：是", "超期1个工作日", "办理结果满意度：满意")
    await desk.say("/台账 导出")
    await desk.sees("台账已生成，共 1 件（全量）", ".xlsx")
    await expect(desk.page.locator("#messages .file")).to_be_visible(timeout=PATIENCE_MS)
    await desk.shoot("6-ledger")


async def test_a_complaint_goes_from_the_hotline_text_to_the_closed_ledger_row(
    tmp_path: Path, browser: Browser
) -> None:
    async with town(tmp_path) as (city, _):
        desk = FrameHandler(await browser.new_page(viewport=DESK), SHOTS)
        phone = FrameHandler(await browser.new_page(viewport=PHONE), SHOTS)
        await desk.page.goto(city.url)
        await _take_in_and_dispatch(desk)
        await _accept_and_promise(desk)
        await desk.shoot("2-group")
        await _miss_the_limit(desk)
        await _answer_on_the_phone(phone, city.url)
        await _review_and_call_back(desk)
        await _read_the_ledger(desk)
        assert desk.faults + phone.faults == []
