"""Pictures and files are evidence: taken off the real wire, sealed, joined to a case, seen by whoever may."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from PIL import Image

from models.bookkeeping import AccessLog
from models.materials import BlobPart, BlobRow, MaterialRow
from operations.backup import backup, restore
from services.materials.sealing import open_parts
from services.upkeep.housekeeping import tidy
from services.upkeep.verify import verify
from tests.kit.town import Town, heard_by, heard_in, sent, shown, words
from tests.kit.town_fixtures import on_both_databases
from web.guard import LINGER_SECONDS


def picture(colour: str = "red", size: tuple[int, int] = (64, 48)) -> bytes:
    """A photo as a telephone makes it."""
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, "JPEG")
    return made.getvalue()


def photo(name: str = "现场.jpg", colour: str = "red") -> dict[str, str]:
    return sent("image", name, picture(colour))


@on_both_databases
async def test_a_picture_with_a_caption_in_the_group_is_an_answer_with_evidence(town: Town):
    no = await town.dispatched()
    said = heard_in(await town.send("chenjing", "人社局", photo(), text=f"{no} 已为群众办结，见照片"), "人社局")
    assert "附件 1" in said
    record = await town.record(no)
    assert record.case.private.outcome == "已为群众办结，见照片"
    (material,) = record.case.materials
    assert material.sha256 == hashlib.sha256(picture()).hexdigest()
    assert (material.kind, material.size, material.role) == ("image", len(picture()), "联络员")
    review = await town.expect("app", no, "待质检", user="zhaogang")
    assert "1 件" in shown(review)


async def test_a_picture_alone_within_an_open_question_joins_its_answer(town: Town):
    no = await town.dispatched()
    await town.press("chenjing", "答复", "人社局")
    asked = await town.send("chenjing", "人社局", photo(), text="")
    assert "随您的文字一并提交" in heard_in(asked, "人社局")
    assert (await town.record(no)).case.materials == ()
    await town.say("chenjing", "人社局", "已为群众办结")
    assert len((await town.record(no)).case.materials) == 1
    assert (await town.events(no)).count("answered") == 1


async def test_a_picture_alone_is_asked_about_and_goes_where_its_sender_says(town: Town):
    no = await town.dispatched()
    said = words(await town.send("chenjing", "bot", photo()))
    assert "还没有归到哪一件" in said
    await town.say("chenjing", "app", f"{no} 已为群众办结")
    assert len((await town.record(no)).case.materials) == 1


async def test_a_number_alone_says_where_it_belongs(town: Town):
    no = await town.dispatched()
    await town.send("wangmin", "bot", photo())
    said = heard_by(await town.say("wangmin", "app", no), "wangmin")
    assert "附件 1" in said
    assert len((await town.record(no)).case.materials) == 1


async def test_what_nobody_claims_is_forgotten_by_word_and_by_time(town: Town):
    await town.send("wangmin", "bot", photo())
    assert "没有留下" in words(await town.say("wangmin", "app", "取消"))
    assert await BlobRow.all().count() == await BlobPart.all().count() == 0
    await town.send("wangmin", "bot", photo())
    await tidy(town.app)
    assert await BlobRow.all().count() == 1
    await town.turn("11-23 11:00")
    await tidy(town.app)
    assert await BlobRow.all().count() == await BlobPart.all().count() == 0


async def test_the_list_and_the_file_come_one_to_one_and_every_look_is_logged(town: Town):
    no = await town.dispatched()
    await town.send("chenjing", "人社局", photo("一.jpg"), photo("二.jpg", "blue"), text=f"{no} 已办结")
    listed = await town.say("zhaogang", "app", f"/附件 {no}")
    assert "《一.jpg》" in heard_by(listed, "zhaogang")
    assert "《二.jpg》" in heard_by(listed, "zhaogang")
    await town.say("zhaogang", "app", f"/附件 {no} 2")
    name, content = (await town._files("zhaogang"))[-1]
    assert name == "二.jpg"
    assert Image.open(io.BytesIO(content)).getpixel((1, 1))[2] > 200
    looks = await AccessLog.filter(what__in=["materials", "material"]).values_list("what", flat=True)
    assert list(looks) == ["materials", "material"]


async def test_a_complainants_picture_never_comes_into_a_group(town: Town):
    no = await town.push()
    await town.send("wangmin", "bot", photo("测甲一的身份证.jpg"))
    await town.say("wangmin", "app", no)
    await town.say("wangmin", "app", f"/确认 {no}")
    await town.say("zhaogang", "app", f"/分类 {no} 不给办")
    await town.say("zhaogang", "app", f"/转办 {no} 人社局")
    await town.say("chenjing", "人社局", f"/附件 {no} 1")
    in_group = [m for m in await town.messages(chat="人社局") if m["from"] == "bot"]
    assert not any(m["file"] for m in in_group)
    assert "身份证" not in words(in_group)
    assert [name for name, _ in await town._files("chenjing")] == ["测甲一的身份证.jpg"]


@on_both_databases
async def test_the_same_bytes_again_are_kept_once(town: Town):
    no = await town.dispatched()
    await town.send("chenjing", "人社局", photo("一.jpg"), photo("又一.jpg"), text=f"{no} 已办结")
    assert len((await town.record(no)).case.materials) == 1
    assert await MaterialRow.all().count() == await BlobRow.all().count() == 1


async def test_an_expired_link_is_said_and_a_passing_fault_is_tried_again(town: Town):
    no = await town.dispatched()
    await town.fault("http_error", match="aibot/media", errcode=404)
    said = heard_in(await town.send("chenjing", "人社局", photo(), text=f"{no} 已办结"), "人社局")
    assert "没有取到" in said
    assert (await town.record(no)).case.materials == ()


async def test_quoting_the_bot_answers_the_case_it_names(town: Town):
    no = await town.dispatched()
    await town.send("chenjing", "人社局", text="已为群众办结", quote=f"{no} 不给办 承办单位：人社局")
    assert (await town.record(no)).case.private.outcome == "已为群众办结"


async def test_a_quoted_complaint_is_registered(town: Town):
    complaint = "我叫测丁四，电话00012340044，本人在社保窗口办理退休手续不予受理，请求处理。"
    await town.send("wangmin", "bot", text="/登记", quote=complaint)
    assert len(await town.messages("wangmin", "app")) > 0
    record = await town.record("YS20261123-0001")
    assert "退休手续" in record.case.private.content


async def test_no_byte_lies_unsealed(town: Town):
    canary = b"canary-4711-" * 50
    no = await town.dispatched()
    await town.send("chenjing", "bot", sent("file", "结果.txt", canary))
    await town.say("chenjing", "app", f"{no} 已办结")
    assert (await town.record(no)).case.materials[0].size == len(canary)
    for part in await BlobPart.all():
        assert b"canary" not in bytes(part.data)


async def test_the_hotline_adds_a_file_and_reads_what_was_handed_in(town: Town):
    no = await town.push()
    path = f"/api/v1/complaints/{no}/materials"
    named = {"X-Yousu-Filename": quote("录音说明.txt")}
    status, answer = await town.request("POST", path, b"what was said on the phone", headers=named)
    assert (status, answer["id"], answer["name"]) == (201, 1, "录音说明.txt")
    status, again = await town.request("POST", path, b"what was said on the phone", headers=named)
    assert (status, again["id"]) == (200, 1)
    (listed,) = (await town.case(no))["materials"]
    assert listed["sha256"] == hashlib.sha256(b"what was said on the phone").hexdigest()
    assert (listed["from_role"], listed["size"], listed["kind"]) == ("热线", 26, "file")
    assert "附件1件" in (await town.row(no))["备注"]


async def test_the_hotline_is_told_what_is_not_taken(town: Town):
    no = await town.push()
    path = f"/api/v1/complaints/{no}/materials"
    assert (await town.request("POST", path, b"MZ\x90\x00 a program"))[0] == 415
    assert (await town.request("POST", path, b""))[0] == 422
    assert (await town.request("POST", path, b"x" * (20 * 1024 * 1024 + 1)))[0] == 413
    await asyncio.sleep(LINGER_SECONDS + 0.2)  # what is left of the body is thrown away for so long
    assert (await town.request("POST", "/api/v1/complaints/YS20260101-0001/materials", b"abc"))[0] == 404
    assert (await town.request("POST", path, b"abc", headers={"X-Yousu-Signature": "0" * 64}))[0] == 401
    assert (await town.record(no)).case.materials == ()


@on_both_databases
async def test_what_somebody_altered_is_found_and_is_not_shown(town: Town):
    no = await town.push()
    path = f"/api/v1/complaints/{no}/materials"
    await town.request("POST", path, b"\x89PNG first " * 100_000)
    await town.request("POST", path, b"second " * 1000)
    assert [str(fault) for fault in (await verify(town.app)).faults] == []
    town.altered = True
    part = await BlobPart.filter(place=1).get()
    await BlobPart.filter(id=part.id).update(data=bytes(part.data[:-1]) + b"?")
    assert [fault.about for fault in (await verify(town.app)).faults] == [f"{no} 附件 1"]
    said = heard_by(await town.say("wangmin", "app", f"/附件 {no} 1"), "wangmin")
    assert "打不开" in said
    await MaterialRow.filter(number=2).delete()
    assert [fault.about for fault in (await verify(town.app)).faults] == [f"{no} 附件 1", f"{no} 附件 2"]


async def test_a_backup_restored_elsewhere_opens_its_pictures(town: Town, tmp_path: Path):
    no = await town.dispatched()
    await town.send("chenjing", "人社局", photo(), text=f"{no} 已为群众办结")
    saved, elsewhere = tmp_path / "saved", f"sqlite://{tmp_path}/elsewhere.sqlite3"
    await backup(town.config["YOUSU_DATABASE_URL"], saved, town.app.clock.now())
    await restore(elsewhere, saved, town.app.clock.now(), town.app.sealer.fingerprints)
    with closing(sqlite3.connect(f"{tmp_path}/elsewhere.sqlite3")) as there:
        ((sealed, origin),) = there.execute("SELECT sealed, origin FROM blobs").fetchall()
        parts = [data for (data,) in there.execute("SELECT data FROM blob_parts ORDER BY place")]
    key = base64.b64decode(json.loads(town.app.sealer.open(sealed, f"blobs:{origin}"))["key"])
    assert open_parts(key, origin, len(picture()), parts) == picture()


async def test_a_picture_with_a_complaint_about_its_receiver_is_kept_from_them(town: Town):
    await town.send("wangmin", "bot", photo())
    name = town.name_of("wangmin")
    await town.say("wangmin", "app", f"/登记 投诉：窗口工作人员{name}态度恶劣，拒不受理退休手续，电话00012340066。")
    record = await town.record("YS20261123-0001")
    assert len(record.case.materials) == 1
    before = len(await town._files("wangmin"))
    await town.say("wangmin", "app", f"/附件 {record.case.no} 1")
    assert len(await town._files("wangmin")) == before
