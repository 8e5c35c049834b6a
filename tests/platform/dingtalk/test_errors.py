"""Every row of the error tables has a kind and words, and nothing of what was sent comes back in them."""

import json
from pathlib import Path

import pytest

from platforms.contract import (
    ChannelDown,
    LineDown,
    Misconfigured,
    PlatformError,
    Rejected,
    TryLater,
    UnknownCode,
    Unreachable,
)
from platforms.dingtalk import errors
from platforms.dingtalk.errors import FAMILIES, PUNISHED, TABLE, LostAnswer, code_of, refusal, request_id

DATA = Path(__file__).parent / "data"

#: The tables of the fact sheet (§5.2, §5.3), written down a second time.
STATED = {
    "InvalidAuthentication": LineDown,
    "40014": LineDown,
    "40001": LineDown,
    "42001": LineDown,
    "invalidClientIdOrSecret": Misconfigured,
    "Forbidden.AccessDenied.AccessTokenPermissionDenied": Misconfigured,
    "Forbidden.AccessDenied.IpNotInWhiteList": Misconfigured,
    "90018": TryLater,
    "90002": TryLater,
    "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi": TryLater,
    "Forbidden.AccessDenied.QpmLimitForAppkeyAndApi": TryLater,
    "Forbidden.AccessDenied.QpsLimitForApi": TryLater,
    "90020": ChannelDown,
    "Forbidden.AccessDenied.ApiCountLimitForOrg": ChannelDown,
    "410100": TryLater,
    "130101": TryLater,
    "send.too.fast": TryLater,
    "send.byToken.tooFast": TryLater,
    "too.many.group": TryLater,
    "too.many.people": TryLater,
    "15": LostAnswer,
    "88": LostAnswer,
    "http_504": LostAnswer,
    "system.busy": TryLater,
    "system.error": TryLater,
    "-1": TryLater,
    "310000": Misconfigured,
    "400101": Unreachable,
    "300001": Unreachable,
    "400013": Unreachable,
    "group.disbanded": Unreachable,
    "400102": Unreachable,
    "bot.stopped": Unreachable,
    "400106": Unreachable,
    "invalidParameter.robotCode.notExsit": Unreachable,
    "conversation.org.notMatch": Unreachable,
    "resource.unavailable": Unreachable,
    "430101": Rejected,
    "430104": Rejected,
    "contain.illegal.word": Rejected,
    "param.contentUnsafe": Rejected,
    "invalidParameter.robotCode.auth": Misconfigured,
    "invalidParameter.msgParam.tooLong": Rejected,
    "460101": Rejected,
    "33012": Unreachable,
    "60011": Misconfigured,
    "50002": Unreachable,
    "50004": Unreachable,
    "param.cardAlreadyExist": Rejected,
    "param.cardNotExist": Rejected,
    "param.templateNotExist": Rejected,
    "param.somethingNew": UnknownCode,
    "invalidParameter.somethingNew": UnknownCode,
    "Forbidden.somethingNew": UnknownCode,
    "http_500": LostAnswer,
    "somethingNobodyKnows": UnknownCode,
}


@pytest.mark.parametrize(("code", "kind"), STATED.items())
def test_the_stated_kind(code, kind):
    error = refusal(code)
    assert isinstance(error, kind)
    assert error.code == code


@pytest.mark.parametrize("row", [*TABLE.values(), *FAMILIES.values()])
def test_every_row_has_a_kind_and_words_in_chinese(row):
    assert issubclass(row.raises, PlatformError)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in row.words)
    assert row.after > 0


@pytest.mark.parametrize("group", [errors.BAD_SECRET, errors.STALE_TOKEN, errors.QPS, errors.EXHAUSTED,
                                   errors.TEMPLATE_REFUSED, errors.CARD_GONE, errors.UNKNOWN_PERSON])  # fmt: skip
def test_codes_with_a_meaning_of_their_own_are_in_the_table(group):
    assert group <= set(TABLE)


def sample(name: str) -> dict:
    return json.loads((DATA / f"{name}.json").read_text())


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("api_error_ip_punish", 200, PUNISHED),
        ("api_error_permission_denied", 403, "Forbidden.AccessDenied.AccessTokenPermissionDenied"),
        ("api_error_token_invalid_old", 200, "40014"),
        ("api_error_token_invalid_v1", 400, "InvalidAuthentication"),
        ("api_error_webhook_too_fast", 200, "130101"),
        ("api_error_webhook_too_long", 200, "460101"),
    ],
)
def test_the_code_of_a_recorded_answer(name, status, code):
    assert code_of(status, sample(name)) == code


@pytest.mark.parametrize(
    ("status", "answer", "code"),
    [
        (200, {"errcode": "0"}, ""),
        (200, {}, ""),
        (200, {"errcode": 88, "sub_code": "40014"}, "40014"),
        (200, {"errcode": 88}, "88"),
        (504, {"code": "whatever"}, "http_504"),
        (400, {"code": "含空格 的码"}, "http_400"),
        (401, {}, "http_401"),
    ],
)
def test_the_code_of_an_answer(status, answer, code):
    assert code_of(status, answer) == code


def test_a_missing_permission_is_named():
    answer = sample("api_error_permission_denied")
    assert "Contact.User.Read" in refusal(answer["code"], answer).detail
    assert request_id(answer) == "e64a36ef-2fb4-4bc5-bbd8-80e0f54218f9"


def test_a_refused_address_is_named_and_nothing_else():
    answer = {"message": "访问ip不在白名单之中,request ip=203.0.113.7 张三 13800000000"}
    detail = refusal("Forbidden.AccessDenied.IpNotInWhiteList", answer).detail
    assert detail.endswith("203.0.113.7")
    assert "张三" not in detail
    assert "张三" not in refusal("unheard.of", answer).detail
    assert request_id({"requestid": "a b"}) == ""
