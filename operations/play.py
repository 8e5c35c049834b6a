"""`yousu play`: the scripted month against the practice city, without a browser; leaves a transcript and the ledger."""

from __future__ import annotations

import asyncio
import base64
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from operations.folders import held_folder
from operations.practice import MIXED, PracticeClient, PracticeError, run_tool, town
from operations.private_files import write_private
from operations.running import Failure
from operations.scenario import (
    END,
    MONTH,
    START,
    ScriptedAct,
    ScriptedEvidence,
    ScriptedForward,
    ScriptedPress,
    ScriptedPush,
    ScriptedSay,
    ScriptedTell,
)

#: How long an answer or a card may take on a busy machine, in seconds, and the pause between two looks.
PATIENCE = 20.0
GLANCE = 0.05
#: How often an outdated card is met before the newer one has come, and what the bot says of it.
PRESSES = 5
OUTDATED = "这张卡片已过时"

Found = TypeVar("Found")


#: Nothing happens between the script's moments: what is due is found when the clock is turned, the same every time.
ONLY_BY_THE_CLOCK = 3600


async def run(out: Path, *, speed: float, platforms: str = MIXED) -> int:
    """Play the month and write `transcript.md` and `ledger.xlsx` into `out`.

    Raises Failure when that folder is not free for it, PracticeError when an act fails.
    """
    with _own_folder(out), tempfile.TemporaryDirectory(prefix="yousu-play-") as folder:
        async with town(Path(folder), start=START, tick_seconds=ONLY_BY_THE_CLOCK, platforms=platforms) as (city, env):
            player = Player(city)
            await player.start()
            for at, acts in MONTH:
                await city.turn(f"{at}:00+08:00", stepwise=True)
                for act in acts:
                    await player.perform(act)
                    await asyncio.sleep(speed)
            await city.turn(END, stepwise=True)
            write_private(out / "transcript.md", await player.transcript())
            ledger = out / "ledger.xlsx"
            print(await run_tool("ledger", "export", "--full", "--as-of", END, "--out", str(ledger.resolve()), env=env))
            print(await run_tool("verify", env=env))
            papers = str((out / "papers").resolve())
            await run_tool("case", "papers", *player.numbers, "--out", papers, "--now", END, env=env)
            for month in ("2026-11", "2026-12"):
                await run_tool("report", month, "--out", papers, "--now", END, env=env)
    print(f"一个月演完：{out / 'transcript.md'}，{ledger}")
    return 0


#: What the scripted month sends as a photograph of a result: a small blue picture.
PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAFUlEQVR42mOM6tnHgA0wMeAA9JAAAPaGAbAIBezbAAAAAElFTkSuQmCC"
)
#: What a play leaves in its folder; there is nothing else in it, so nobody's files are written over.
LEFT = frozenset({"transcript.md", "ledger.xlsx", "papers"})


@contextmanager
def _own_folder(out: Path) -> Iterator[None]:
    """The folder, empty or with what an earlier play left, which goes. Raises Failure."""
    with held_folder(out, f"另一个 yousu play 正在写 {out}，请等它结束或换一个目录"):
        strange = sorted(path.name for path in out.iterdir() if path.name not in LEFT)
        played = (out / "transcript.md").exists()
        strange += sorted(path.name for path in (out / "papers").glob("*") if not played or path.suffix != ".docx")
        if strange:
            raise Failure(f"目录 {out} 里有别的文件（{'、'.join(strange[:3])}），没有写入；请换一个空目录")
        for old in [out / "transcript.md", out / "ledger.xlsx", *(out / "papers").glob("*.docx")]:
            old.unlink(missing_ok=True)
        yield


class Player:
    """Performs the acts of the script and knows which number each case got."""

    def __init__(self, city: PracticeClient) -> None:
        self._city = city
        self._numbers: dict[str, str] = {}
        self._samples: dict[str, str] = {}
        self._groups: dict[str, str] = {}
        self._names: dict[str, str] = {}

    async def start(self) -> None:
        """Read the city's people, groups and samples."""
        state = await self._city.call("/sandbox/state")
        self._samples = {sample["id"]: sample["text"] for sample in state["samples"]}
        self._groups = {group["department"]: group["chatid"] for group in state["groups"] if group.get("department")}
        self._names = {person["id"]: person["name"] for person in state["people"]}
        self._names |= {group["chatid"]: group["name"] for group in state["groups"]}

    @property
    def numbers(self) -> list[str]:
        """The numbers of all cases of the month."""
        return sorted(set(self._numbers.values()))

    async def perform(self, act: ScriptedAct) -> None:
        """One act. Raises PracticeError when the bot did not answer as the script needs."""
        match act:
            case ScriptedPush(sample, case):
                number = _created(await self._city.push(self._samples[sample]))
                self._numbers.setdefault(case or number, number)
            case ScriptedForward(who, sample, case):
                self._numbers[case] = _registered(await self._say(who, "app", self._samples[sample]))
            case ScriptedPress(who, case, caption):
                await self._press(who, self._numbers[case], caption)
            case ScriptedSay(who, case, text):
                await self._say(who, "app", self._fill(text, case))
            case ScriptedTell(who, department, case, text):
                await self._say(who, self._groups[department], self._fill(text, case))
            case ScriptedEvidence(who, department, case, text):
                await self._say(who, self._groups[department], self._fill(text, case), PHOTO)

    def _fill(self, text: str, case: str) -> str:
        return text.format(n=self._numbers[case], **self._numbers)

    async def _say(self, who: str, chat: str, text: str, photo: bytes = b"") -> list[dict[str, Any]]:
        """Say something; what the bot answered in that place. Everything said to it is answered."""
        last = await self._newest()
        await (self._city.show(who, chat, text, photo) if photo else self._city.say(who, chat, text))

        async def answers() -> list[dict[str, Any]]:
            heard = await self._city.messages(user=who, chat=chat, after=last)
            return [message for message in heard if message["from"] != who]

        return await _patiently(answers, f"the bot did not answer {who}: {text[:20]}")

    async def _newest(self) -> str:
        said = await self._city.messages()
        return str(said[-1]["n"]) if said else "0"

    async def _press(self, who: str, number: str, caption: str) -> None:
        """Press the newest such button; on a busy machine it may be an older card's, then the next one."""

        async def offered() -> tuple[str, str] | None:
            for message in reversed(await self._city.messages(user=who)):
                if message["card"] is not None and number in str(message["card"]):
                    for button in message["buttons"]:
                        if button["text"] == caption and not button["disabled"]:
                            return message["id"], button["key"]
            return None

        for _ in range(PRESSES):
            message_id, key = await _patiently(offered, f"{who} has no button {caption} for {number}")
            last = await self._newest()
            await self._city.press(who, message_id, key)
            if not [said for said in await self._city.messages(user=who, after=last) if OUTDATED in said["text"]]:
                return
        raise PracticeError(f"{who} only has outdated buttons {caption} for {number}")

    async def transcript(self) -> str:
        """Everything that was said, in order, as a reader of the chats would see it."""
        lines = ["# 演练城的一个月", ""]
        day = ""
        for message in (await self._city.call("/sandbox/messages"))["messages"]:
            if message["at"][:10] != day:
                day = message["at"][:10]
                lines += [f"## {day}", ""]
            lines += [*self._entry(message), ""]
        return "\n".join(lines)

    def _entry(self, message: Mapping[str, Any]) -> list[str]:
        channel, _, account = message["chat"].partition(":")
        place = f"{self._names.get(account, account)}的单聊" if account else self._names.get(channel, channel)
        speaker = self._names.get(message["from"], "机器人")
        head = f"**{message['at'][11:16]}　{place}　{speaker}**"
        if message["card"] is not None:
            return [head, *_card(message)]
        if message["file"] is not None:
            return [head, f"> 文件：{message['file']['name']}"]
        return [head, *(f"> {line}" for line in message["text"].splitlines())]


async def _patiently(look: Callable[[], Awaitable[Found | None]], otherwise: str) -> Found:
    """Look until there is something. Raises PracticeError when nothing comes."""
    for _ in range(int(PATIENCE / GLANCE)):
        if found := await look():
            return found
        await asyncio.sleep(GLANCE)
    raise PracticeError(otherwise)


def _registered(answers: list[dict[str, Any]]) -> str:
    """The number in the bot's answer to a forwarded text."""
    for message in answers:
        if "已收下，编号" in message["text"]:
            return str(message["text"].split("编号", 1)[1].split("。", 1)[0].split("、", 1)[0].strip())
    raise PracticeError("a forwarded complaint was not registered")


def _created(pushed: Mapping[str, Any]) -> str:
    if pushed["status"] not in (200, 201):
        raise PracticeError(f"the push was refused: {pushed}")
    return str(pushed["answer"]["case_no"])


def _card(message: Mapping[str, Any]) -> list[str]:
    """A card as quoted lines: title, facts, text, and the captions of its buttons."""
    card = message["card"]
    lines = _words_of_wecom(card) if "main_title" in card else _words_of_dingtalk(card)
    buttons = [f"〔{button['text']}〕" for button in message["buttons"]]
    return [f"> {line}" for line in [*lines, " ".join(buttons)] if line]


def _words_of_wecom(card: Mapping[str, Any]) -> list[str]:
    title = card["main_title"]
    lines = [f"**{title.get('title', '')}**　{title.get('desc', '')}"]
    lines += [f"{fact['keyname']}：{fact.get('value', '')}" for fact in card.get("horizontal_content_list", [])]
    return [*lines, *card.get("sub_title_text", "").splitlines()]


def _words_of_dingtalk(card: Mapping[str, Any]) -> list[str]:
    words = "\n".join(str(card.get(name, "")) for name in ("markdown", "subtitle", "facts", "body", "text"))
    return [f"**{card.get('title', '')}**", *(line.strip() for line in words.splitlines())]
