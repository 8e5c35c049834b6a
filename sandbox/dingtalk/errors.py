"""How DingTalk refuses: the new API with an HTTP status and a code, the old one with HTTP 200 and an errcode."""

from __future__ import annotations

import uuid
from typing import Any

from aiohttp import web


class DingError(Exception):
    """The new API (api.dingtalk.com) refuses: `{"code", "message", "requestid"}` and an HTTP status."""

    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message or code
        self.status = status

    def to_response(self) -> web.Response:
        """The refusal as DingTalk writes it."""
        body = {"code": self.code, "requestid": str(uuid.uuid4()).upper(), "message": self.message}
        return web.json_response(body, status=self.status)


class OldError(Exception):
    """The old API (oapi.dingtalk.com) refuses: HTTP 200 and `{"errcode", "errmsg"}`."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(f"{errcode}: {errmsg}")
        self.errcode = errcode
        self.errmsg = errmsg

    def to_json(self) -> dict[str, Any]:
        """The refusal as DingTalk writes it."""
        return {"errcode": self.errcode, "errmsg": self.errmsg}


INVALID_TOKEN = "不合法的access_token"  # noqa: S105 - a message, no secret
BAD_PARAMETER = "invalidParameter.param.invalid"


def invalid_token() -> DingError:
    """What every call without a living access token meets."""
    return DingError("InvalidAuthentication", INVALID_TOKEN)


def ordered(code: str) -> DingError:
    """A refusal a player ordered, with the status such a code has."""
    code = code or "system.busy"
    status = 500 if code.startswith("system") else 403 if code.startswith("Forbidden") else 400
    return DingError(code, "ordered by /sandbox/fault", status)
