"""Whatever a file holds, reading it gives words or a friendly sentence, within bounds, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import random
import sys
import zipfile
from pathlib import Path

import pytest
from docx import Document
from PIL import Image

from services.files import apart, worker
from services.files.text import Unreadable

WORDS = "本人在社保窗口办理退休手续不予受理，要求尽快受理。"
#: Mutated files tried here; the environment may ask for more.
TRIES = int(os.environ.get("YOUSU_FUZZ_FILES", "150"))


def a_document() -> bytes:
    made, document = io.BytesIO(), Document()
    document.add_paragraph(WORDS)
    document.save(made)
    return made.getvalue()


def a_picture(form: str = "JPEG") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(made, form)
    return made.getvalue()


def a_bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"<w>" + b" " * 300_000_000)
    return made.getvalue()


async def test_a_document_gives_its_words_and_a_picture_its_picture():
    assert (await apart.text_of(a_document())).strip() == WORDS
    shown = await apart.picture_of(a_picture("PNG"))
    assert Image.open(io.BytesIO(shown)).format == "JPEG"


async def test_bombs_and_what_is_encrypted_are_refused_with_a_sentence():
    with pytest.raises(Unreadable, match="过大"):
        await apart.text_of(a_bomb())
    made = io.BytesIO()
    Image.new("1", (9000, 9000)).save(made, "PNG")
    with pytest.raises(Unreadable, match="像素"):
        await apart.picture_of(made.getvalue())


async def test_who_computes_for_ever_is_ended(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(apart, "PATIENCE", 0.001)
    with pytest.raises(Unreadable, match="太复杂"):
        await apart.text_of(a_document())


async def test_the_reader_has_no_key_at_hand_and_writes_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """It runs with our code and none of our environment; a file it wrote would be cut at nothing."""
    monkeypatch.setenv("YOUSU_DATA_KEY", "secret")
    probe = tmp_path / "probe.py"
    probe.write_text(
        "import os, sys\nfrom services.files.worker import _limit\n_limit()\n"
        "try:\n    open(sys.argv[1] + '/left', 'wb').write(b'x' * 9)\nexcept OSError as e:\n    print('no file')\n"
    )
    done = await asyncio.create_subprocess_exec(
        sys.executable, str(probe), str(tmp_path), stdout=asyncio.subprocess.PIPE, env={"PYTHONPATH": os.getcwd()}
    )
    said, _ = await done.communicate()
    left = tmp_path / "left"
    assert not left.exists() or left.stat().st_size == 0, said


def test_mutated_files_give_words_or_a_sentence():
    """In this process, for speed: nothing but Unreadable comes out of the reader."""
    dice = random.Random(4711)
    whole = [(worker.text, a_document()), (worker.picture, a_picture()), (worker.picture, a_picture("PNG"))]
    for n in range(TRIES):
        read, content = whole[n % len(whole)]
        changed = bytearray(content)
        for _ in range(dice.randint(1, 12)):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
        if n % 5 == 0:
            del changed[dice.randrange(len(changed)) :]
        with contextlib.suppress(Unreadable):
            read(bytes(changed))
