"""The exception every WeCom door turns into `{"errcode", "errmsg"}`, and its codes."""

from __future__ import annotations


class WireError(Exception):
    """WeCom refuses. `errcode` is from its global error table (path/90313) or was measured on the wire."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(f"{errcode}: {errmsg}")
        self.errcode = errcode
        self.errmsg = errmsg

    def to_json(self) -> dict[str, object]:
        """The refusal as WeCom writes it."""
        return {"errcode": self.errcode, "errmsg": self.errmsg}


# Codes used in more than one file.
BAD_SECRET = 40001
BAD_MSGTYPE = 40008
BAD_AGENT = 40056
BAD_PARAMETER = 40058
EMPTY_PARAMETER = 40063
BAD_TASK_ID = 42014
TOO_LONG = 45002
TOO_OFTEN = 45009
EMPTY_CONTENT = 44004
NO_CALLBACK_URL = 43012
NOT_ALLOWED_IN_CHAT = 93001
BAD_CHATID = 93006
BAD_BOT_CREDENTIALS = 853000
BAD_REQ_ID = 846605
STREAM_EXPIRED = 846608
