"""The card APIs with documented bodies, and everything they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.dingtalk.conftest import BUILT_IN, GROUP, Town, sample

CREATE = "/v1.0/card/instances/createAndDeliver"
CARDS = "/v1.0/card/instances"
REGISTER = "/v1.0/card/callbacks/register"
INVALID = "param.invalid"
Body = dict[str, Any]


def params(card: Body, **more: Any) -> None:
    card["cardData"]["cardParamMap"] |= more


def buttons(*each: Body) -> str:
    return json.dumps({"msgButtons": list(each)})


def own(town: Town, **variables: str) -> Body:
    return {"cardTemplateId": town.world.city.ding.template_id, "cardData": {"cardParamMap": variables}}


async def test_the_documented_card_is_delivered_and_shown(town: Town) -> None:
    status, answer = await town.call("POST", CREATE, town.card())
    wanted = sample("api_card_create_and_deliver_response")
    assert status == 200
    assert set(answer) == set(wanted)
    assert set(answer["result"]) == set(wanted["result"])
    (delivered,) = answer["result"]["deliverResults"]
    assert set(delivered) == set(wanted["result"]["deliverResults"][0])
    assert (delivered["success"], delivered["spaceId"]) == (True, town.cid())
    (shown,) = await town.messages()
    assert (shown["kind"], shown["channel"], shown["from"], shown["chat"]) == ("ding_card", "dingtalk", "bot", GROUP)
    assert set(shown["card"]) == {"title", "markdown", "tips"}
    assert shown["mentions"] == ["sunwei"]
    assert shown["buttons"][0] == {
        "key": "accept", "kind": "button", "url": "", "text": "签收", "style": 1, "disabled": False
    }  # fmt: skip


REFUSED: list[tuple[str, Callable[[Body], Any], str]] = [
    ("no template", lambda b: b.pop("cardTemplateId"), "param.cardTemplateIdEmpty"),
    ("somebody else's template", lambda b: b.update(cardTemplateId="x.schema"), "param.templateNotExist"),
    ("no outTrackId", lambda b: b.pop("outTrackId"), "param.outTrackIdEmpty"),
    ("a long outTrackId", lambda b: b.update(outTrackId="x" * 65), "outTrackId.outOfLimit"),
    ("no data", lambda b: b.pop("cardData"), "param.cardDataEmpty"),
    ("a number", lambda b: params(b, tips=1), INVALID),
    ("a boolean", lambda b: params(b, tips=True), INVALID),
    ("an object", lambda b: params(b, sys_full_json_obj={"msgButtons": []}), INVALID),
    ("a long value", lambda b: params(b, tips="x" * 1025), INVALID),
    ("an unknown variable", lambda b: params(b, body="x"), INVALID),
    ("markdown over 3 KB", lambda b: params(b, markdown="x" * 3073), INVALID),
    ("buttons that are not JSON", lambda b: params(b, sys_full_json_obj="{"), INVALID),
    ("a button without text", lambda b: params(b, sys_full_json_obj=buttons({"id": "a", "request": True})), INVALID),
    ("a button without id", lambda b: params(b, sys_full_json_obj=buttons({"text": "a", "request": True})), INVALID),
    ("a green button", lambda b: params(b, sys_full_json_obj=buttons({"text": "a", "color": "green"})), INVALID),
    ("two ids alike", lambda b: params(b, sys_full_json_obj=buttons(*[{"text": "a", "id": "a"}] * 2)), INVALID),
    ("no space", lambda b: b.pop("openSpaceId"), "param.openSpaceIdEmpty"),
    ("another space", lambda b: b.update(openSpaceId="dtv1.card//im_group.x"), "param.openSpaceIdInvalid"),
    ("no deliver model", lambda b: b.pop("imGroupOpenDeliverModel"), "param.openDeliverModelEmpty"),
    ("no robot", lambda b: b["imGroupOpenDeliverModel"].pop("robotCode"), "param.openDeliverModelError"),
    (
        "a stranger is called",
        lambda b: b["imGroupOpenDeliverModel"].update(atUserIds={"manager7312": "王敏"}),
        "param.userIdNotExist",
    ),
    ("no model for one", lambda b: b.update(openSpaceId="dtv1.card//IM_ROBOT.x"), "param.spaceDeliverModelEmpty"),
    ("a space model", lambda b: b.update(imGroupOpenSpaceModel={"searchSupport": {}}), INVALID),
    ("a small callback type", lambda b: b.update(callbackType="stream"), INVALID),
    ("no route", lambda b: b.update(callbackType="HTTP", callbackRouteKey="no"), "param.callbackRouteKeyInvalid"),
    ("a user type", lambda b: b.update(userIdType="1"), INVALID),
    ("an unknown field", lambda b: b.update(outTrackID="x"), INVALID),
    ("private for a stranger", lambda b: b.update(privateData={"x": {"cardParamMap": {}}}), "param.userIdNotExist"),
]


@pytest.mark.parametrize(("spoil", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
async def test_what_the_document_forbids_is_refused(town: Town, spoil: Callable[[Body], Any], code: str) -> None:
    body = town.card()
    spoil(body)
    assert await town.code("POST", CREATE, body) == code
    assert await town.messages() == []


async def test_a_key_is_short(town: Town) -> None:
    body = town.card()
    params(body, **{"k" * 101: "x"})
    _, answer = await town.call("POST", CREATE, body)
    assert "100 bytes" in answer["message"]


async def test_an_unpublished_template_is_refused(town: Town) -> None:
    body = town.card(cardTemplateId=town.world.city.ding.draft_template_id)
    assert await town.code("POST", CREATE, body) == "param.templateUnpublished"


async def test_an_out_track_id_is_used_once(town: Town) -> None:
    body = town.card()
    await town.create(body)
    assert await town.code("POST", CREATE, body) == "param.cardAlreadyExist"


async def test_the_public_templates_take_three_kilobytes_of_markdown_our_own_only_one(town: Town) -> None:
    body = town.card()
    params(body, markdown="字" * 1024)
    await town.create(body)
    assert await town.code("POST", CREATE, town.card(**own(town, body="字" * 342))) == INVALID
    await town.create(town.card(**own(town, body="字" * 341)))


async def test_a_delivery_can_fail_with_http_200(town: Town) -> None:
    assert (await town.create(town.card(openSpaceId="dtv1.card//IM_GROUP.cidNobody==")))["success"] is False
    await town.act("group", chatid=GROUP, bot_inside=False)
    failed = await town.create(town.card())
    assert (failed["success"], failed["carrierId"]) == (False, "")
    assert "不在群内" in failed["errorMsg"]
    assert await town.messages() == []


async def test_a_card_goes_into_several_spaces_and_is_redrawn_in_each(town: Town) -> None:
    spaces = f"dtv1.card//IM_GROUP.{town.cid()};dtv1.card//IM_ROBOT.ZhaoGang01"
    model = {"spaceType": "IM_ROBOT", "robotCode": town.robot_code}
    body = town.card(openSpaceId=spaces, imRobotOpenDeliverModel=model)
    await town.create(body)
    update = sample("api_card_update")["request"]["body"]
    update |= {"outTrackId": body["outTrackId"], "cardData": {"cardParamMap": {"tips": "已改"}}, "privateData": {}}
    assert await town.call("PUT", CARDS, update) == (200, sample("api_card_update")["response"])
    assert [message["card"]["tips"] for message in await town.messages()] == ["已改", "已改"]
    assert all(message["history"][0]["by"] == "app" for message in await town.messages())


async def test_a_carrier_id_tells_who_has_read_the_card_but_takes_nothing_back(town: Town) -> None:
    carrier = (await town.create(town.card()))["carrierId"]
    await town.act("say", user="sunwei", chat=GROUP, text="看到了")
    body = {"robotCode": town.robot_code, "openConversationId": town.cid()}
    _, answer = await town.call("POST", "/v1.0/robot/groupMessages/query", {**body, "processQueryKey": carrier})
    assert answer["readUserIds"] == ["SunWei.ZRZY"]
    recall = {**body, "processQueryKeys": [carrier]}
    assert (await town.call("POST", "/v1.0/robot/groupMessages/recall", recall))[1]["successResult"] == []


async def test_recipients_alone_see_the_card(town: Town) -> None:
    body = town.card()
    body["imGroupOpenDeliverModel"] = {"robotCode": town.robot_code, "recipients": ["SunWei.ZRZY"]}
    await town.create(body)
    assert len(await town.messages(user="sunwei")) == 1
    assert await town.messages(user="zhaogang") == []


async def test_everybody_can_be_called(town: Town) -> None:
    body = town.card()
    body["imGroupOpenDeliverModel"]["atUserIds"] = {"@ALL": "@ALL"}
    await town.create(body)
    assert "lijianguo" in (await town.messages())[-1]["mentions"]


async def test_an_update_overwrites_unless_it_says_by_key(town: Town) -> None:
    body = town.card()
    await town.create(body)
    private = {"SunWei.ZRZY": {"cardParamMap": {"title": "您的工单"}}}
    by_key = {"updateCardDataByKey": True, "updatePrivateDataByKey": True}
    first = {"outTrackId": body["outTrackId"], "privateData": private, "cardUpdateOptions": by_key}
    assert await town.code("PUT", CARDS, first) == ""
    (mine,) = await town.messages(user="sunwei")
    assert (mine["card"]["title"], mine["card"]["tips"]) == ("您的工单", "请 2 小时内签收")
    assert mine["views"] == ["sunwei"]
    second = {"outTrackId": body["outTrackId"], "cardData": {"cardParamMap": {"markdown": "新"}}}
    assert await town.code("PUT", CARDS, second) == ""
    (mine,) = await town.messages(user="sunwei")
    assert mine["card"] == {"title": "您的工单", "markdown": "新"}
    (others,) = await town.messages(user="zhaogang")
    assert others["card"] == {"markdown": "新"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"outTrackId": "nobody"}, "param.cardNotExist"),
        ({"cardData": {"cardParamMap": {"tips": 5}}}, INVALID),
        ({"privateData": {"nobody": {"cardParamMap": {}}}}, "param.userIdNotExist"),
        ({"cardUpdateOptions": {"updateCardDataByKeys": True}}, INVALID),
        ({"cardUpdateOptions": {"updateCardDataByKey": "true"}}, INVALID),
        ({"cardTemplateId": BUILT_IN}, INVALID),
    ],
)
async def test_a_wrong_update_is_refused(town: Town, change: Body, code: str) -> None:
    body = town.card()
    await town.create(body)
    update = {"outTrackId": body["outTrackId"], "cardData": {"cardParamMap": {"tips": "新"}}, **change}
    assert await town.code("PUT", CARDS, update) == code
    assert (await town.messages())[-1]["history"] == []


async def test_a_callback_address_is_registered_once_unless_forced(town: Town) -> None:
    request, wanted = (sample("api_card_register_callback")[part] for part in ("request", "response"))
    assert await town.call("POST", REGISTER, request["body"]) == (200, wanted)
    assert await town.call("POST", REGISTER, request["body"]) == (200, wanted)
    other = {**request["body"], "callbackUrl": "https://example/other"}
    assert await town.code("POST", REGISTER, other) == "param.callbackRouteKeyExist"
    assert await town.code("POST", REGISTER, {**other, "forceUpdate": True}) == ""
    assert await town.code("POST", REGISTER, {**other, "callbackUrl": "ftp://x"}) == INVALID


async def test_a_card_is_refused_or_not_delivered_on_order(town: Town) -> None:
    await town.act("fault", kind="refuse_card")
    assert await town.code("POST", CREATE, town.card()) == "param.contentUnsafe"
    await town.act("fault", kind="refuse_card", code="system.busy")
    status, answer = await town.call("POST", CREATE, town.card())
    assert (status, answer["code"]) == (500, "system.busy")
    await town.act("fault", kind="refuse_card", match="deliver")
    assert (await town.create(town.card()))["success"] is False
    assert (await town.create(town.card()))["success"] is True


async def test_the_own_template_has_buttons_and_links(town: Town) -> None:
    variables = {
        "title": "工单",
        "links": json.dumps([{"text": "详情", "url": "https://example.cn/1"}]),
        "buttons": json.dumps([{"text": "签收", "color": "red", "id": "accept", "key": "1"}]),
    }
    shown = await town.shown_card(**own(town, **variables))
    assert shown["card"] == {"title": "工单"}
    assert [(b["text"], b["kind"], b["style"]) for b in shown["buttons"]] == [
        ("签收", "button", 3),
        ("详情", "link", 0),
    ]
