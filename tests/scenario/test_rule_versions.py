"""A centre changes its rules while cases are open (第十二条: 试行): each case keeps the rules it began under."""

from __future__ import annotations

import json

from services.rules.rulebook import put_in_force
from tests.kit.cases import RULES_FILE
from tests.kit.town import Town

OTHER = "反映医保窗口不予办理异地备案，要求说明原因并尽快办理。"


async def test_open_cases_keep_their_rules_and_new_ones_get_the_new(town: Town):
    old = await town.push()
    rules = json.loads(RULES_FILE.read_text(encoding="utf-8"))
    rules["version"] = "2026-2"
    rules["limits"]["办不了"]["days"] = 2
    await put_in_force(town.app, json.dumps(rules, ensure_ascii=False))
    await town.turn("11-23 09:30")
    new = await town.push(content=OTHER, name="测乙二", phone="00012340002")
    for no in (old, new):
        await town.say("wangmin", "app", f"/确认 {no}")
        await town.say("zhaogang", "app", f"/分类 {no} 办不了")
        await town.say("zhaogang", "app", f"/转办 {no} 人社局")
    assert (await town.case(old))["due_at"].startswith("2026-11-26T17:00")
    assert (await town.case(new))["due_at"].startswith("2026-11-25T17:00")
