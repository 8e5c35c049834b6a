"""Has a content read by a process of its own, and ends that process when it takes too long."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from weakref import WeakKeyDictionary

from services.files.text import Unreadable

#: Real seconds for one content, waiting for a busy machine included.
PATIENCE = 60.0
#: Processes that read at once.
MOST = 2
TOO_HARD = "文件打不开，或者太复杂了。请另存为普通的 .docx、.xlsx 或 .txt 再发，或把文字复制出来发给我"
_ROOT = Path(__file__).resolve().parent.parent.parent
_places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def text_of(content: bytes) -> str:
    """The words of a document, a mail, or the rows of a sheet with tabs between the cells. Raises Unreadable."""
    return (await _read("text", content)).decode()


async def picture_of(content: bytes) -> bytes:
    """The picture as it may be shown, a JPEG. Raises Unreadable."""
    return await _read("picture", content)


async def _read(task: str, content: bytes) -> bytes:
    loop = asyncio.get_running_loop()
    async with _places.setdefault(loop, asyncio.Semaphore(MOST)):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.files.worker",
            task,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=_ROOT,
            # Nothing of ours: no key, no database, no password.
            env={name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ},
        )
        try:
            async with asyncio.timeout(PATIENCE):
                answer, _ = await process.communicate(content)
        except (TimeoutError, BrokenPipeError, ConnectionResetError):
            answer = b""
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if answer[:1] == b"+":
        return answer[1:]
    raise Unreadable(answer[1:].decode() if answer[:1] == b"-" else TOO_HARD)
