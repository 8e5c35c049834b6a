"""What comes in can be anything: it is refused in words with the right status, and nothing changes or stands still.

`no_stall` watches the event loop of the whole town: bot and city share it, so an answer that blocks is seen.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

import web.app
from domain.refusals import Refused
from models.cases import CaseRow
from models.people import Centre, Chat, Department, Person
from models.queues import InboxRow
from platforms.contract import Incoming, IncomingKind
from services.directory.people import bind_chat, person_by_account
from tests.kit.town import COMPLAINT, GROUPS, Town, words
from tests.kit.town_fixtures import on_both_databases

PATH = "/api/v1/complaints"
#: The longest the loop may be away, in seconds; what this guards against took 12.7 s.
STALL = 5.0


@asynccontextmanager
async def no_stall(most: float = STALL) -> AsyncIterator[None]:
    """Fails when the event loop did not come round for `most` seconds."""
    loop, longest, done = asyncio.get_running_loop(), 0.0, asyncio.Event()

    async def watch() -> None:
        nonlocal longest
        last = loop.time()
        while not done.is_set():
            await asyncio.sleep(0.01)
            longest, last = max(longest, loop.time() - last), loop.time()

    watcher = asyncio.create_task(watch())  # noqa: TID251 - watches the loop from beside the town
    try:
        yield
    finally:
        done.set()
        await watcher
    assert longest < most, f"the loop stood still for {longest:.1f} s"


FAR = ("9999-12-31", "9000-06-30", "2199-01-04", "2030-01-04", "0001-01-01", "9999年12月31日")


@on_both_databases
async def test_no_date_stops_the_bot_or_becomes_a_limit_nobody_can_count(town: Town):
    """第八条: 承诺时限 is a day somebody can be held to."""
    no = await town.dispatched()
    before = (await town.record(no)).case
    async with no_stall():
        for day in FAR:
            said = words(await town.say("chenjing", "人社局", f"/承诺 {no} {day}"))
            assert "太远" in said or "日期范围" in said, (day, said)
            assert "请" in said
            for user, command in (
                ("zhaogang", f"/督办 {no} {day}"),
                ("zhaogang", f"/转办 {no} 住建局 {day}"),
                ("zhaogang", f"/函转 {no} 示例市供电公司 {day}"),
                ("chenjing", f"/延期 {no} {day} 需要核实"),
                ("chenjing", f"/方案 {no} {day} 分三步办理"),
                ("wangmin", f"/代班 刘洁 {day} {day}"),
            ):
                said = words(await town.say(user, "app", command))
                assert "太远" in said or "日期范围" in said or "不能" in said, (command, said)
    after = (await town.record(no)).case
    assert (after.state, after.clock, after.seq) == (before.state, before.clock, before.seq)
    await town.nothing_is_lost()


async def test_odd_numbers_and_months_are_answered(town: Town):
    await town.dispatched()
    async with no_stall():
        for command in (
            "/月报 9999-12",
            "/月报 0001-01",
            "/月报 ２０２６-１１",
            "/月报 2026-13",
            f"/月报 {'9' * 5000}",
        ):
            said = words(await town.say("zhaogang", "app", command))
            assert "日期范围" in said or "请写成" in said, (command, said)
        for minute, number in enumerate(("²", "٣", "9" * 5000, "-1", "1e9", "③"), start=2):
            # The platform takes thirty messages a minute for one person.
            await town.turn(f"11-23 09:{minute * 2:02d}")
            for command in ("/台账 本月 {}", "/帮助 {}", "/案例 3 {}", "/查 {}", "/案例 {}", "{}"):
                said = words(await town.say("zhaogang", "app", command.format(number)[:1900]))
                assert said, (command, number)
    await town.nothing_is_lost()
    await town.no_trace_is_shown()


async def _do(town: Town, kind: IncomingKind, n: int, **more: str | None) -> None:
    at = town.app.clock.now()
    await town.server.dispatcher.receive(Incoming("wecom", f"odd-{n}", kind, "zhaogang", at, **more))  # type: ignore[arg-type]
    await town.settle()


@on_both_databases
async def test_half_characters_and_nul_are_heard_and_answered(town: Town):
    """JSON can carry half of a surrogate pair, which no row and no encoding can."""
    no = await town.dispatched()
    texts = ("\ud800", "/查 \udfff", f"/催办 {no}\x00\ud83d", "\x00", f"/质检 {no} 不合格 \udcff理由", "/案例 \ud800")
    for n, text in enumerate(texts):
        before = town.last
        await _do(town, IncomingKind.TEXT, n, text=text)
        assert words(await town.since(before)), repr(text)
    for n, key in enumerate(
        ("\ud800", "y1|show|²|1|", "y1|show|99999999999999999999|1|", f"y1|show|{2**63 - 1}|1|\ud800")
    ):
        await _do(town, IncomingKind.PRESS, 100 + n, key=key)
    await town.nothing_is_lost()


@pytest.mark.parametrize("role", ["热线", "案例发布", "纪检", "分管领导"])
async def test_a_press_by_who_has_nothing_to_do_with_cases_is_answered(town: Town, role: str):
    no = await town.dispatched()
    await town.reassign("liujie", role)
    record = await town.record(no)
    person = await person_by_account("wecom", "liujie")
    assert person is not None
    assert [item.value for item in person.roles] == [role]
    seen = []
    for code in ("show", "nudge", "supervise", "answer", "accept", "split", "merge", "withdraw"):
        before = town.last
        key = f"y1|{code}|{record.id}|{record.case.epoch}|"
        press = Incoming("wecom", f"p-{code}", IncomingKind.PRESS, "liujie", town.app.clock.now(), key=key)
        await town.server.dispatcher.receive(press)
        await town.settle()
        seen.append(words(await town.since(before)))
    assert all(seen), seen
    assert (await town.record(no)).case.seq == record.case.seq
    await town.nothing_is_lost()


async def test_a_manager_of_another_centre_cannot_take_a_group(town: Town):
    town.altered = True  # rows are put here by hand
    chat = GROUPS["人社局"]
    bound = (await Chat.get(platform="wecom", chat_id=chat)).department_id
    neighbour = await Centre.create(name="邻县政务服务中心", level="县区")
    elsewhere = await Department.create(centre=neighbour, name="人社局")
    with pytest.raises(Refused, match="只有该中心的管理机构能改绑"):
        await bind_chat("wecom", chat, elsewhere.id, town.app.clock.now())
    assert (await Chat.get(platform="wecom", chat_id=chat)).department_id == bound
    manager = await Person.get(accounts__platform="wecom", accounts__account="zhaogang")
    await Person.filter(id=manager.id).update(centre_id=elsewhere.centre_id)
    said = words(await town.say("zhaogang", "人社局", "/绑定 人社局"))
    assert "只有该中心的管理机构能改绑" in said
    assert (await Chat.get(platform="wecom", chat_id=chat)).department_id == bound


# The hotline


MOMENTS = (
    "0001-01-01T00:00:00", "0001-01-01T00:00:00+08:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59",
    "9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59+08:00", "1900-01-01T00:00:00+08:00", "2101-01-01T00:00:00+08:00",
)  # fmt: skip


async def test_impossible_moments_are_422_in_a_sentence(town: Town):
    async with no_stall():
        for name in ("reported_at", "external_deadline"):
            for moment in MOMENTS:
                status, answer = await town.request("POST", PATH, json.dumps({**COMPLAINT, name: moment}).encode())
                assert (status, "1990-01-01 至 2100-12-31" in answer["detail"]) == (422, True), (moment, answer)
        for number in (1e300, -1e300, 10**18, 1e999):
            status, _ = await town.request("POST", PATH, json.dumps({**COMPLAINT, "reported_at": number}).encode())
            assert status == 422, number
    assert not await CaseRow.exists()
    for moment in ("2026-11-20T09:00:00", "2026-11-20T09:00:00-11:30", "2026-11-20T01:00:00Z"):
        assert (await town.request("POST", PATH, json.dumps({**COMPLAINT, "reported_at": moment}).encode()))[0] == 201
    await town.settle()


async def _raw(town: Town, head: bytes, body: bytes = b"") -> bytes:
    before = _handlers()
    reader, writer = await asyncio.open_connection("127.0.0.1", town.config.port)
    try:
        writer.write(head + b"\r\nHost: x\r\nConnection: close\r\n\r\n" + body)
        return await asyncio.wait_for(reader.read(4000), 20)
    finally:
        writer.close()
        # What is left of a refused body is thrown away for a moment more.
        await town.until(lambda: _handlers() <= before, "the connection was not let go")


def _handlers() -> int:
    return sum("RequestHandler.start" in repr(task) for task in asyncio.all_tasks())


@pytest.mark.parametrize("name", ["Key", "Timestamp", "Nonce", "Signature"])
async def test_bytes_that_are_no_text_in_a_header_are_401(town: Town, name: str):
    signed = town.signed(b"")
    for value in (b"\xff\xfe", b"\xed\xa0\x80", "²".encode(), "签".encode(), b"\xc3"):
        lines = {key: text.encode() for key, text in signed.items()} | {f"X-Yousu-{name}": value}
        head = b"\r\n".join(key.encode() + b": " + text for key, text in lines.items())
        answer = await _raw(town, b"GET /api/v1/complaints/YS20261123-0001 HTTP/1.1\r\n" + head)
        assert answer.split(b" ", 2)[1] in (b"400", b"401"), (value, answer[:200])


async def test_an_address_no_case_can_have_is_404(town: Town):
    for no in (
        "Y" * 41,
        "YS20261123-" + "9" * 300,
        "%ff%fe",
        "%ed%a0%80",
        "YS²0261123-0001",
        "YS20261123-0001%00",
        "%E7%BC%96",
    ):
        status, answer = await town.request("GET", f"{PATH}/{no}")
        assert status == 404, (no, answer)


@pytest.mark.parametrize("path", [PATH, "/callback/wecom", "/practice/clock", "/nowhere"])
async def test_a_body_of_a_hundred_megabytes_is_refused_by_its_length_alone(town: Town, path: str):
    answer = await _raw(town, f"POST {path} HTTP/1.1\r\nContent-Length: 104857600".encode(), b"x")
    assert answer.split(b" ", 2)[1] == b"413", answer[:200]
    assert "请精简".encode() in answer


async def test_a_body_that_never_comes_is_408(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(web.app, "BODY_SECONDS", 0.3)
    answer = await _raw(town, f"POST {PATH} HTTP/1.1\r\nContent-Length: 1000".encode(), b"{")
    assert answer.split(b" ", 2)[1] == b"408", answer[:200]


async def test_a_body_that_is_not_what_it_says_is_a_4xx(town: Town):
    head = f"POST {PATH} HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 6".encode()
    answer = await _raw(town, head, b"nogzip")
    assert answer.split(b" ", 2)[1] in (b"400", b"401", b"415"), answer[:200]


async def test_another_centres_key_urges_no_case_of_this_one(town: Town):
    """A key names its centre: what it forwards counts there only."""
    town.altered = True  # rows are put here by hand
    no = await town.push(external_no="PDS20261123001")
    await Centre.create(name="邻县政务服务中心", level="县区")
    text = "催单：工单编号：PDS20261123001，诉求人再次来电催问，要求尽快办理。"
    body = json.dumps({"text": text, "centre": "邻县政务服务中心"}).encode()
    await town.request("POST", PATH, body)
    await town.settle()
    assert (await town.record(no)).case.urgings == 0
    await town.request("POST", PATH, json.dumps({"text": text}).encode())
    await town.settle()
    assert (await town.record(no)).case.urgings == 1


async def test_the_practice_clock_takes_no_impossible_moment(town: Town):
    for moment in ("0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59+08:00", "9999-12-31T23:59:59-23:59"):
        async with town.session.post(f"{town.url}/practice/clock", data=json.dumps({"now": moment})) as answer:
            assert answer.status == 400, moment
    async with town.session.post(f"{town.url}/practice/clock", data=b"[" * 100_000) as answer:
        assert answer.status == 400
    assert not await InboxRow.filter(state="failed").exists()
