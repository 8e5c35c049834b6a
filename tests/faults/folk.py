"""The people of the city, and the book of what they were promised: every accepted act is looked for at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from random import Random
from typing import Any

from operations.practice import MENTION
from sandbox.city import acts
from sandbox.city.chats import SHOWN, Message
from sandbox.city.errors import ActError
from tests.faults.place import MANAGER, Place

WINDOW = "wangmin"
DEPARTMENTS = ("人社局", "自然资源局", "市场监管局", "住建局", "医保局", "公安分局")
LIAISONS = dict(zip(DEPARTMENTS, ("chenjing", "sunwei", "zhouli", "wuqiang", "heqing", "malin"), strict=True))
#: A number no case has; the quiet ones must not be named in its place.
NOBODYS = "YS20261123-9999"
CATEGORIES = ("不给办", "办不了", "很难办", "一般")
#: What people type, rightly and wrongly, at the right and the wrong time.
SAID = (
    (WINDOW, "/确认 {no}"), (WINDOW, "/提交 {no} 复杂"), (WINDOW, "/撤回 {no} 诉求人表示已经办好"),
    (WINDOW, "/当场办结 {no} 已当场解释清楚"), (WINDOW, "/回访 {no} 满意"), (WINDOW, "/回访 {no} 不满意 没有办"),
    (MANAGER, "/分类 {no} {category}"), (MANAGER, "/转办 {no} {department}"), (MANAGER, "/质检 {no} 通过"),
    (MANAGER, "/质检 {no} 不合格 没有答到点上"), (MANAGER, "/催办 {no}"), (MANAGER, "/准 {no}"),
    (MANAGER, "/不准 {no} 理由不足"), (MANAGER, "/转办 {no} {department},住建局"), (MANAGER, "/台账"),
    ("liaison", "/签收 {no}"), ("liaison", "/答复 {no} 已为群众办结"), ("liaison", "/退单 {no} 不属于我局职责"),
    ("liaison", "/承诺 {no} 2026-12-11"), ("liaison", "/方案 {no} 2026-12-18 先行受理"), ("liaison", "/我的"),
    ("liaison", "/联系方式 {no} 核实"), ("liaison", "不知道说什么"), (WINDOW, "/没有这个指令 {no}"),
    (WINDOW, "/查 {no}"), (WINDOW, "/合并 {no}"), ("lijianguo", "/签发 {no}"), ("lijianguo", "/暂缓 {no} 再看看"),
)  # fmt: skip


@dataclass
class Book:
    """What was promised. `pushed` are bodies by order number, `accepted` the numbers they were answered with."""

    pushed: dict[str, dict[str, Any]] = field(default_factory=dict)
    accepted: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, bool] = field(default_factory=dict)
    presses: list[tuple[str, bool]] = field(default_factory=list)
    acts: int = 0


@dataclass
class Folk:
    """Acts for people. `quiet` cases are only remarked upon: nothing else may close them."""

    place: Place
    rng: Random
    book: Book = field(default_factory=Book)
    cases: list[str] = field(default_factory=list)
    quiet: list[str] = field(default_factory=list)
    _under_way: set[asyncio.Task[Any]] = field(default_factory=set)

    def begin(self, act: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Let somebody do something meanwhile: whoever meets a dead bot tries again, as platforms do."""
        task = asyncio.get_running_loop().create_task(act)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def done(self) -> None:
        """Wait until nobody is in the middle of something."""
        while self._under_way:
            await asyncio.gather(*self._under_way)

    async def push(self, *, quiet: bool = False) -> str:
        """The hotline pushes a new complaint; its number, empty when nobody answered with one."""
        number = f"PDS2026{len(self.book.pushed) + 1:08d}"
        self.book.pushed[number] = {
            "source": "12345热线",
            "external_no": number,
            "name": "测甲一",
            "phone": "00012340001",
            "address": "示例市示例区虚构路00号",
            "kind": "投诉",
            "content": f"反映办理退休手续多次退件，材料补齐两次仍不受理，要求尽快受理。第{number[-8:]}次。",
        }
        return await self.push_again(number, quiet=quiet)

    async def push_again(self, number: str, *, quiet: bool = False) -> str:
        """A push nobody answered is repeated with the same order number."""
        answer = await acts.push_complaint(self.place.world, {"fields": self.book.pushed[number]})
        self.book.acts += 1
        if not answer["ok"]:
            return ""
        no = str(answer["answer"]["case_no"])
        self.book.accepted[number] = no
        (self.quiet if quiet else self.cases).append(no)
        return no

    async def remark(self) -> bool:
        """The window adds a sentence to a case that is open and stays so; whether the platform was answered."""
        mark = f"补充说明之{len(self.book.remarks) + 1}号。"
        self.book.remarks[mark] = False
        said = await self.say(WINDOW, "app", f"/补充 {self.rng.choice(self.quiet)} {mark}")
        self.book.remarks[mark] = bool(said.get("delivered"))
        return self.book.remarks[mark]

    async def say(self, who: str, chat: str, text: str) -> dict[str, Any]:
        """Somebody says something; in a group the bot is called by name."""
        self.book.acts += 1
        group = self._group(chat)
        if group is None:
            return await self.place.say(who, chat, text)
        return await self.place.say(who, group, f"{MENTION} {text}")

    def _group(self, department: str) -> str | None:
        groups = self.place.world.city.groups.values()
        return next((group.chatid for group in groups if group.department == department), None)

    async def ready_to_dispatch(self) -> str:
        """A confirmed and classified case; its number."""
        no = await self.push()
        await self.say(WINDOW, "app", f"/确认 {no}")
        await self.say(MANAGER, "app", f"/分类 {no} {self.rng.choice(CATEGORIES)}")
        return no

    async def dispatch(self, no: str, department: str = "") -> None:
        """The manager dispatches it."""
        await self.say(MANAGER, "app", f"/转办 {no} {department or self.rng.choice(DEPARTMENTS)}")

    def offered(self, caption: str = "", last: int = 400) -> list[tuple[str, Message, str]]:
        """Who could press what on the newest messages."""
        found = []
        world = self.place.world
        for message in world.chats.messages[-last:]:
            if message.status != SHOWN or message.card is None or any(no in str(message.card) for no in self.quiet):
                continue
            group = world.city.groups.get(message.chat)
            for user in group.members if group else [message.chat.partition(":")[2]]:
                for button in message.buttons_for(user):
                    if not button["disabled"] and button["kind"] != "link" and caption in button["text"]:
                        found.append((user, message, button["key"]))
        return found

    async def press(self, caption: str = "") -> bool:
        """Somebody presses a button, as likely as not one that is out of date; whether the platform was answered."""
        found = self.offered(caption)
        if not found:
            return False
        user, message, key = found[-1] if caption else self.rng.choice(found)
        try:
            body = {"user": user, "message_id": message.id, "key": key, "wait": 2.0}
            done = await acts.press(self.place.world, body)
        except ActError:  # it was redrawn or recalled this very moment
            return False
        self.book.acts += 1
        self.book.presses.append((key, bool(done["updated"])))
        return bool(done["updated"])

    async def chat(self) -> None:
        """Somebody types one of the sentences about some case."""
        who, sentence = self.rng.choice(SAID)
        department = self.rng.choice(DEPARTMENTS)
        no = self.rng.choice(self.cases) if self.cases else NOBODYS
        text = sentence.format(no=no, category=self.rng.choice(CATEGORIES), department=department)
        user = LIAISONS[department] if who == "liaison" else who
        if user not in self.place.world.city.people:
            return
        chat = department if who == "liaison" and self.rng.random() < 0.6 else "app"
        await self.say(user, chat, text)
