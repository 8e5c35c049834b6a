"""The door of the self-built application: published vectors, and everything that must not come in."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platforms.contract import IncomingKind, Misconfigured
from platforms.wecom.callback import MAX_BODY, BadCallback, CallbackCrypto
from platforms.wecom.strict_xml import NotPlainXml, require_plain_xml
from tests.platform.wecom import seal

ALL_VECTORS = seal.vectors("published") + seal.vectors("generated")
CRYPTO = CallbackCrypto(seal.TOKEN, seal.AES_KEY, seal.CORP_ID)

TEXT = """<xml><ToUserName><![CDATA[x]]></ToUserName><FromUserName><![CDATA[zhangsan]]></FromUserName>
<CreateTime>1348831860</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[/我的]]></Content>
<MsgId>1234567890123456</MsgId><AgentID>1</AgentID></xml>"""


def press(selected: str = "", response_code: str = "RC1") -> str:
    return f"""<xml><ToUserName><![CDATA[x]]></ToUserName><FromUserName><![CDATA[zhangsan]]></FromUserName>
<CreateTime>1700000000</CreateTime><MsgType><![CDATA[event]]></MsgType>
<Event><![CDATA[template_card_event]]></Event><EventKey><![CDATA[accept]]></EventKey>
<TaskId><![CDATA[case-1@1]]></TaskId><CardType><![CDATA[button_interaction]]></CardType>
<ResponseCode><![CDATA[{response_code}]]></ResponseCode><AgentID>1</AgentID>{selected}</xml>"""


def vector_query(vector: dict[str, str]) -> dict[str, str]:
    return {name: vector[name] for name in ("msg_signature", "timestamp", "nonce")}


def vector_crypto(vector: dict[str, str]) -> CallbackCrypto:
    return CallbackCrypto(vector["token"], vector["encoding_aes_key"], vector["receive_id"])


@pytest.mark.parametrize("vector", ALL_VECTORS, ids=lambda vector: vector["name"])
def test_every_vector_opens(vector):
    assert vector_crypto(vector).decrypt(vector_query(vector), vector["encrypt"]) == vector["plaintext"]


@pytest.mark.parametrize("vector", ALL_VECTORS, ids=lambda vector: vector["name"])
def test_a_vector_with_another_timestamp_is_refused(vector):
    query = vector_query(vector) | {"timestamp": "1"}
    with pytest.raises(BadCallback, match="signature") as refused:
        vector_crypto(vector).decrypt(query, vector["encrypt"])
    assert refused.value.status == 401


@pytest.mark.parametrize("vector", ALL_VECTORS, ids=lambda vector: vector["name"])
def test_a_vector_for_another_receiver_is_refused(vector):
    crypto = CallbackCrypto(vector["token"], vector["encoding_aes_key"], "someone-else")
    with pytest.raises(BadCallback, match="receiver"):
        crypto.decrypt(vector_query(vector), vector["encrypt"])


def test_a_single_block_published_without_a_signature_opens():
    vector = next(v for v in seal.vectors("partial") if "receive_id" in v)
    crypto = CallbackCrypto("t", vector["encoding_aes_key"], vector["receive_id"])
    assert crypto.decrypt(seal.query(vector["encrypt"], token="t"), vector["encrypt"]) == vector["plaintext"]


def test_the_address_check_answers_the_plain_text_even_when_plus_became_a_space():
    vector = seal.vectors("published")[0]
    query = vector_query(vector) | {"echostr": vector["encrypt"].replace("+", " ")}
    assert vector_crypto(vector).verify_url(query) == "1616140317555161061"


@pytest.mark.parametrize("position", [17, 40, 100, -1])
def test_a_flipped_byte_is_refused_even_when_correctly_signed(position):
    raw = bytearray(base64.b64decode(seal.encrypt(seal.pad(seal.plaintext(TEXT.encode())))))
    raw[position] ^= 0x10
    sealed = base64.b64encode(bytes(raw)).decode()
    with pytest.raises(BadCallback):
        CRYPTO.open(seal.query(sealed), seal.envelope(sealed))


@pytest.mark.parametrize(
    ("sealed", "code"),
    [
        (seal.encrypt(seal.plaintext(b"x" * 10)[:31] + b"\x00"), "padding"),
        (seal.encrypt(seal.pad(seal.plaintext(b"x"))[:-1] + b"\x21"), "padding"),
        (seal.encrypt((seal.plaintext(b"y" * 40) + b"\x05\x07" * 20)[:63] + b"\x07"), "padding"),
        (seal.encrypt(seal.pad(seal.plaintext(b"x", length=10_000))), "length_field"),
        (seal.encrypt(seal.pad(seal.plaintext(b"x", length=2**31))), "length_field"),
        (seal.encrypt(b"\x20" * 32), "length_field"),
        (seal.encrypt(b"\x01" * 16), "block_length"),
        (seal.encrypt(seal.pad(seal.plaintext(b"\xff\xfe"))), "encoding"),
        (seal.encrypt(seal.pad(seal.plaintext(b"x", receiver="other"))), "receiver"),
        (seal.encrypt(seal.pad(seal.plaintext(b"x")))[:-5], "encoding"),
        ("不是base64", "encoding"),
        ("YWJj ZGVm", "encoding"),
        ("YWJj", "block_length"),
    ],
)
def test_a_malformed_envelope_with_a_right_signature_is_refused(sealed, code):
    with pytest.raises(BadCallback) as refused:
        CRYPTO.decrypt(seal.query(sealed), sealed)
    assert (refused.value.code, refused.value.status) == (code, 400)


def test_a_missing_query_is_refused():
    with pytest.raises(BadCallback, match="signature"):
        CRYPTO.open({}, seal.request(TEXT)[1])
    with pytest.raises(BadCallback, match="signature"):
        CRYPTO.verify_url({})


def test_a_signature_that_is_no_hex_is_refused():
    query, body = seal.request(TEXT)
    for wrong in ("", "签名", query["msg_signature"].upper(), query["msg_signature"] + "0", "\udcff"):
        with pytest.raises(BadCallback, match="signature"):
            CRYPTO.open(query | {"msg_signature": wrong}, body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<xml>",
        b"{}",
        b"\xff\xfe\x00",
        b"<a>" * 200_000,
        b"<xml>" + b"<Encrypt/>" * 2 + b"</xml>",
        b"<xml>" + b"<a/>" * 600 + b"</xml>",
        b'<!DOCTYPE xml [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>',
        b'<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml><Encrypt>x</Encrypt></xml>',
        b"<?php x ?><xml><Encrypt>x</Encrypt></xml>",
        b'<?xml version="1.0" encoding="nonsense"?><xml><Encrypt>x</Encrypt></xml>',
    ],
)
def test_a_body_that_is_not_plain_small_xml_is_refused_before_anything_else(body):
    with pytest.raises(BadCallback) as refused:
        CRYPTO.open({}, body)
    assert refused.value.code in ("xml", "too_large")


@pytest.mark.parametrize(
    "document", [b"<x>" * 9 + b"</x>" * 9, b"<x>" + b"".join(b"<a%d/>" % n for n in range(512)) + b"</x>"]
)
def test_well_formed_xml_too_deep_or_too_large_is_refused(document):
    with pytest.raises(NotPlainXml, match="NotPlainXml"):
        require_plain_xml(document)


def test_the_deepest_official_event_passes():
    assert require_plain_xml(b"<x><a><b><c><d>1</d></c></b></a><e>2</e></x>") == {"a": "", "e": "2"}


def test_a_body_over_the_cap_is_not_even_parsed():
    with pytest.raises(BadCallback, match="too_large"):
        CRYPTO.open({}, b" " * (MAX_BODY + 1))


@pytest.mark.parametrize(
    "inner",
    [
        "",
        "not xml",
        "<xml/>",
        "<xml><MsgType>text</MsgType></xml>",
        '<!DOCTYPE a [<!ENTITY b "c">]><xml><MsgType>&b;</MsgType></xml>',
        TEXT.replace("<MsgId>1234567890123456</MsgId>", ""),
        TEXT.replace("1348831860", "soon"),
        TEXT.replace("1348831860", "9" * 30),
        TEXT.replace("<Content>", "<Content a='1'>"),
        TEXT.replace("</Content>", "<b/></Content>"),
        TEXT.replace("<AgentID>1</AgentID>", "<MsgType>event</MsgType>"),
        press().replace("<Event>", "<Evnt>").replace("</Event>", "</Evnt>"),
        press("<SelectedItems><SelectedItem>x</SelectedItem></SelectedItems>"),
        "<xml>" + "<a>" * 50 + "</a>" * 50 + "</xml>",
    ],
)
def test_a_malformed_message_inside_a_genuine_envelope_is_refused(inner):
    query, body = seal.request(inner)
    with pytest.raises(BadCallback):
        CRYPTO.open(query, body)


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=200).map(lambda t: f"<xml><Encrypt>{t}</Encrypt></xml>".encode())
    )
)
def test_no_body_raises_anything_else_than_bad_callback(body):
    with pytest.raises(BadCallback):
        CRYPTO.open({"msg_signature": "0" * 40, "timestamp": "1", "nonce": "2"}, body)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_no_genuinely_sealed_bytes_raise_anything_else_than_bad_callback(message):
    sealed = seal.encrypt(seal.pad(seal.plaintext(message)))
    with pytest.raises(BadCallback):
        CRYPTO.open(seal.query(sealed), seal.envelope(sealed))


def test_a_text_message_is_read():
    incoming = CRYPTO.open(*seal.request(TEXT))
    assert (incoming.kind, incoming.account, incoming.text) == (IncomingKind.TEXT, "zhangsan", "/我的")
    assert incoming.event_key == "1234567890123456"
    assert incoming.at.isoformat() == "2012-09-28T19:31:00+08:00"
    assert incoming.chat_id is None


def test_a_press_is_read_and_can_be_answered():
    incoming = CRYPTO.open(*seal.request(press()))
    assert (incoming.kind, incoming.key, incoming.card_id) == (IncomingKind.PRESS, "accept", "case-1@1")
    assert incoming.reply_to == {"via": "app", "response_code": "RC1"}


def test_the_same_press_has_the_same_key_and_another_press_another():
    first, again, other = (
        CRYPTO.open(*seal.request(press(response_code=code))).event_key for code in ("RC1", "RC1", "RC2")
    )
    assert first == again != other


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ("<SelectedItems></SelectedItems>", None),
        (
            "<SelectedItems><SelectedItem><QuestionKey>q</QuestionKey><OptionIds><OptionId>a</OptionId></OptionIds>"
            "</SelectedItem></SelectedItems>",
            {"q": ["a"]},
        ),
        (
            "<SelectedItems><SelectedItem><QuestionKey>q</QuestionKey><OptionIds><OptionId>a</OptionId>"
            "<OptionId>b</OptionId></OptionIds></SelectedItem><SelectedItem><QuestionKey>r</QuestionKey>"
            "<OptionIds></OptionIds></SelectedItem></SelectedItems>",
            {"q": ["a", "b"], "r": []},
        ),
    ],
)
def test_no_one_or_many_selected_items_are_read(xml, expected):
    assert CRYPTO.open(*seal.request(press(xml))).reply_to.get("selected") == expected


def test_the_official_card_event_is_read():
    vector = next(v for v in seal.vectors("generated") if v["name"] == "app_template_card_event_xml")
    incoming = vector_crypto(vector).open(vector_query(vector), seal.envelope(vector["encrypt"]))
    assert (incoming.key, incoming.card_id, incoming.account) == ("key111", "taskid111", "FromUser")
    assert incoming.reply_to["selected"] == {
        "QuestionKey1": ["OptionId1", "OptionId2"],
        "QuestionKey2": ["OptionId3", "OptionId4"],
    }


@pytest.mark.parametrize(
    ("name", "kind", "key"),
    [
        ("enter_agent", IncomingKind.ENTER, ""),
        ("click", IncomingKind.PRESS, ""),
        ("inactive_alert", IncomingKind.OTHER, "inactive_alert"),
        ("change_contact", IncomingKind.OTHER, "change_contact"),
    ],
)
def test_other_events_keep_their_meaning(name, kind, key):
    xml = press().replace("template_card_event", name).replace("<![CDATA[accept]]>", "<![CDATA[]]>")
    incoming = CRYPTO.open(*seal.request(xml))
    assert (incoming.kind, incoming.key) == (kind, key)


@pytest.mark.parametrize("sign", ["\x08", "\x1b", "\x00", "\uffff"])
def test_a_sign_no_document_may_hold_does_not_lose_the_complaint(sign):
    assert CRYPTO.open(*seal.request(TEXT.replace("/我的", f"社保卡{sign}丢了"))).text == "社保卡丢了"


def test_a_reported_place_is_no_place_that_was_sent():
    xml = press().replace("template_card_event", "LOCATION")
    assert CRYPTO.open(*seal.request(xml)).key == "location_report"


def test_a_picture_is_something_else():
    incoming = CRYPTO.open(*seal.request(TEXT.replace("CDATA[text]", "CDATA[image]")))
    assert (incoming.kind, incoming.key, incoming.text) == (IncomingKind.OTHER, "image", "")


@pytest.mark.parametrize("key", ["", "short", "！" * 43, seal.AES_KEY + "x", seal.AES_KEY[:-1] + "="])
def test_a_wrong_aes_key_is_a_configuration_error(key):
    with pytest.raises(Misconfigured):
        CallbackCrypto(seal.TOKEN, key, seal.CORP_ID)
