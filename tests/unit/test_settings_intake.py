"""What the settings refuse at start: intake keys that protect nothing, and practice that others could reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings import BadSettings, load

GOOD = "0123456789abcdef0123456789abcdef"


def problems(tmp_path: Path, **values: str) -> str:
    try:
        load(values, tmp_path / "none")
    except BadSettings as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("hotline:", "第 1 项的密钥是空的"),
        ("hotline::示例市政务服务中心", "第 1 项的密钥是空的"),
        ("hotline:   ", "第 1 项的密钥是空的"),
        ("hotline:short", "太短"),
        (f"hotline:{'0' * 32}", "太简单"),
        (f":{GOOD}", "应是 标识:密钥"),
        ("onlyanid", "应是 标识:密钥"),
        (f"热线:{GOOD}", "标识"),
        (f"a b:{GOOD}", "标识"),
        (f"a:{GOOD},b:{GOOD}x,a:{GOOD}y", "第 3 项的标识与前面重复"),
        (f"a:{GOOD},b:", "第 2 项的密钥是空的"),
    ],
)
def test_an_intake_key_that_protects_nothing_is_refused_by_name(tmp_path: Path, keys: str, said: str):
    found = problems(tmp_path, YOUSU_INTAKE_KEYS=keys)
    assert said in found
    assert "YOUSU_INTAKE_KEYS" in found
    assert GOOD not in found


def test_good_intake_keys_are_taken(tmp_path: Path):
    assert problems(tmp_path, YOUSU_INTAKE_KEYS=f"a:{GOOD},b:{GOOD}:示例市政务服务中心,") == ""


@pytest.mark.parametrize(
    ("hooks", "said"),
    [
        ("onlyanid", "应是 标识:密钥:https://地址"),
        (f"a:{GOOD}", "应是 标识:密钥:https://地址"),
        (f"a:{GOOD}:http://hotline.example.gov.cn/", "应以 https:// 开头"),
        (f"a:{GOOD}:https://user:word@hotline.example.gov.cn/", "应以 https:// 开头"),
        (f"a:{GOOD}:https://", "应以 https:// 开头"),
        ("a:short:https://hotline.example.gov.cn/", "密钥太短"),
        (f"a:{GOOD}:https://one.example/,a:{GOOD}:https://two.example/", "第 2 项的标识与前面重复"),
    ],
)
def test_a_webhook_that_protects_nothing_is_refused_by_name(tmp_path: Path, hooks: str, said: str):
    found = problems(tmp_path, YOUSU_WEBHOOKS=hooks)
    assert said in found
    assert "YOUSU_WEBHOOKS" in found
    assert GOOD not in found


def test_good_webhooks_are_taken(tmp_path: Path):
    hooks = f"a:{GOOD}:https://hotline.example.gov.cn/endings, b:{GOOD}:http://127.0.0.1:9/"
    assert problems(tmp_path, YOUSU_WEBHOOKS=hooks) == ""


LOCAL = {"YOUSU_PRACTICE": "1", "WECOM_CORP_ID": "x", "WECOM_API_BASE": "http://127.0.0.1:9000"}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.4", "", "yousu.example.gov.cn", "127.0.0.1.example.com"])
def test_practice_listens_on_this_machine_only(tmp_path: Path, host: str):
    found = problems(tmp_path, **LOCAL, YOUSU_HTTP_HOST=host)
    # An empty value is the default, which is this machine.
    assert ("YOUSU_HTTP_HOST" in found) == bool(host)


@pytest.mark.parametrize(
    "base",
    [
        "https://qyapi.weixin.qq.com", "http://127.0.0.1@example.com", "http://example.com\\@127.0.0.1/", "http://[::1",
        "127.0.0.1", "http://127.0.0.1.example.com", "",
    ],
)  # fmt: skip
def test_practice_talks_to_this_machine_only(tmp_path: Path, base: str):
    for key in ("WECOM_CORP_ID", "WECOM_SECRET", "WECOM_TOKEN", "WECOM_GROUP_WEBHOOKS"):
        assert "WECOM_API_BASE" in problems(tmp_path, YOUSU_PRACTICE="1", WECOM_API_BASE=base, **{key: "x"}), key


@pytest.mark.parametrize("base", ["http://127.0.0.1:9000", "http://localhost:1", "http://[::1]:1", "http://127.0.0.2"])
def test_practice_with_this_machines_city_starts(tmp_path: Path, base: str):
    assert problems(tmp_path, **{**LOCAL, "WECOM_API_BASE": base}) == ""


@pytest.mark.parametrize("name", ["YOUSU_HTTP_PORT", "WECOM_AGENT_ID", "DINGTALK_API_LIMIT", "DINGTALK_STREAM_LIMIT"])
@pytest.mark.parametrize("value", ["²", "٣", "9" * 5000, "1e3", "-1"])
def test_numbers_are_plain_numbers(tmp_path: Path, name: str, value: str):
    assert name in problems(tmp_path, **{name: value})
