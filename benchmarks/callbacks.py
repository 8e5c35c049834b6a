"""The callback path against a bare handler: verify, decrypt, parse, seal and store, against storing alone."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.measure import Figure, WrongAnswer, in_turn, median, ratio, spread
from benchmarks.processes import processor_ms
from benchmarks.seed import KEY
from main import database
from models.queues import InboxRow
from models.sealing import Sealer
from operations.practice import process
from platforms.wecom.callback import CallbackCrypto
from sandbox.city.crypto import Envelope
from sandbox.city.people import load
from sandbox.wecom import xml
from scheduler.clock import SystemClock

GOAL = 0.7
CONNECTIONS = 16
BUTTON = "y1|accept|17|4|"


def sealed_press(envelope: Envelope, corp_id: str, agent_id: int) -> tuple[dict[str, str], bytes]:
    """One press as WeCom would post it: query and body, never the same twice."""
    fields = {
        "ToUserName": corp_id,
        "FromUserName": "chenjing",
        "CreateTime": int(time.monotonic()) + 1_795_000_000,
        "MsgType": "event",
        "Event": "template_card_event",
        "EventKey": BUTTON,
        "TaskId": f"ybench-{secrets.token_hex(4)}",
        "CardType": "button_interaction",
        "ResponseCode": secrets.token_urlsafe(24),
        "AgentID": agent_id,
    }
    encrypted = envelope.encrypt(xml.element("xml", fields).encode())
    timestamp, nonce = str(fields["CreateTime"]), str(secrets.randbelow(10**10))
    query = {"msg_signature": envelope.sign(timestamp, nonce, encrypted), "timestamp": timestamp, "nonce": nonce}
    outer = {"ToUserName": corp_id, "AgentID": str(agent_id), "Encrypt": encrypted}
    return query, xml.element("xml", outer).encode()


def request(query: dict[str, str], body: bytes) -> bytes:
    """The bytes of the HTTP request; written beforehand, so that the load costs next to nothing."""
    line = "&".join(f"{name}={value}" for name, value in query.items())
    head = (
        f"POST /callback/wecom?{line} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def fire(port: int, requests: Sequence[bytes]) -> float:
    """Send all requests over a few kept connections, each waiting for its answer; requests per second.

    Raises WrongAnswer for any answer but 200.
    """
    waiting = iter(requests)

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for asked in waiting:
            writer.write(asked)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise WrongAnswer(head.decode())
            length = next(
                (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
            )
            await reader.readexactly(length)
        writer.close()
        await writer.wait_closed()

    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(connection())
    return len(requests) / (time.perf_counter() - started)


async def _stored(url: str) -> int:
    """How many events the database holds."""
    async with database(url, SystemClock().now()):
        return await InboxRow.all().count()


async def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Measure. Raises WrongAnswer when an event that was answered is not in the database."""
    rounds, count = (8, 250) if quick else (25, 400)
    corp = load().corp
    envelope = Envelope(corp.token, corp.aes_key, corp.corp_id)
    query, body = sealed_press(envelope, corp.corp_id, corp.agent_id)
    incoming = CallbackCrypto(corp.token, corp.aes_key, corp.corp_id).open(query, body)
    raw = asdict(incoming) | {"at": incoming.at.isoformat(), "kind": incoming.kind.value}
    row_bytes = len(Sealer(KEY).seal(raw, "inbox:wecom"))

    def batch() -> list[bytes]:
        return [request(*sealed_press(envelope, corp.corp_id, corp.agent_id)) for _ in range(count)]

    url = f"sqlite:///{folder}/callbacks.sqlite3"
    command = ("-m", "benchmarks.callback_server", url, str(row_bytes))
    async with process(*command, env={}, log=folder / "callbacks.log") as child:
        if child.stdout is None:
            raise RuntimeError("no output")
        ports = json.loads(await asyncio.wait_for(child.stdout.readline(), 30))

        cost: dict[str, list[float]] = {"real": [], "bare": []}

        async def one_round(side: str) -> float:
            requests, before = batch(), processor_ms(child.pid)
            rate = await fire(ports[side], requests)
            cost[side].append((processor_ms(child.pid) - before) / count)
            return rate

        async def real() -> float:
            return await one_round("real")

        async def bare() -> float:
            return await one_round("bare")

        real_rates, bare_rates = await in_turn(rounds, real, bare)
    answered, kept = 2 * (rounds + 1) * count, await _stored(url)
    if kept != answered:
        raise WrongAnswer(f"{answered} events were answered with 200 and {kept} are stored")
    times = ratio(real_rates, bare_rates)
    detail = (
        f"真实通路 {median(real_rates):.0f} 次/秒（{spread(real_rates)}），"
        f"裸处理 {median(bare_rates):.0f} 次/秒（{spread(bare_rates)}）；交替 {rounds} 轮，每轮 {count} 次，"
        f"{CONNECTIONS} 个连接\n每行收件密文 {row_bytes} 字节，两边相同；两边都不做收件后的后台处理\n"
        f"服务进程每次请求用处理器：真实 {median(cost['real']):.2f} 毫秒，裸 {median(cost['bare']):.2f} 毫秒"
    )
    return [Figure("回调通路 / 裸处理（每秒请求数之比）", f"{times:.2f}", f"≥ {GOAL}", times >= GOAL, detail)]
