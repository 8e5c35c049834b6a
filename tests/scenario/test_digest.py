"""每日对账: its figures add up, and nobody of the centre is told to run a command line."""

from __future__ import annotations

import re

from tests.kit.town import Town, words


async def test_the_reminders_of_the_digest_add_up(town: Town):
    """Six due cases of one department, one of them answered on its last day."""
    for n in range(6):
        await town.dispatched(external_no=f"A{n}")
    await town.turn("11-23 17:30")
    await town.turn("11-24 09:00")
    await town.turn("11-24 15:00")
    await town.say("chenjing", "人社局", "/答复 1 已为群众办结")
    await town.turn("11-25 09:00", stepwise=True)
    said = words([m for m in await town.messages("zhaogang", "app:zhaogang") if "每日对账" in str(m["text"])][-1:])
    found = re.search(
        r"应发提醒 (\d+) 条：已送达 (\d+) 条，事情已办、不必再发 (\d+) 条，失败 (\d+) 条，待送 (\d+) 条", said
    )
    assert found, said
    every, *parts = map(int, found.groups())
    assert every == sum(parts) > 0
    total = re.search(r"共送达 (\d+) 条", said)
    assert total
    assert int(total[1]) >= parts[0]


async def test_the_digest_sends_nobody_to_a_command_line(town: Town):
    await town.turn("12-01 08:00")
    await town.dispatched()
    await town.turn("12-02 09:00")
    said = words([m for m in await town.messages("lijianguo") if "每日对账" in str(m["text"])])
    assert "放假通知" in said
    assert not re.search(r"yousu|命令|运维运行|--|doctor", said)
