"""The application's REST calls over aiohttp: explicit time-outs, one bounded retry, WeCom's codes as our exceptions.

Pages: gettoken 91039, message/send 90236, update_template_card 94888, recall 94867, webhook 91770,
openuserid_to_userid 101521, user/get 90196, getuserinfo 91023. Tokens and secrets travel in query strings, so no
exception of the HTTP library is ever passed on or logged.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp

from platforms.contract import (
    Fetched,
    Gone,
    Misconfigured,
    PlatformError,
    Rejected,
    TryLater,
    UnknownCode,
    Unreachable,
)
from platforms.shared.download import download
from platforms.shared.rate_limit import Limit, SlidingWindow
from platforms.shared.token_keeper import TokenKeeper, token_in
from platforms.wecom.errors import BAD_SECRET, OK, STALE_TOKEN, TOO_FREQUENT, LostAnswer, refusal

MEMBER_LIMITS: tuple[Limit, ...] = ((30, 60.0), (1000, 3600.0))
WEBHOOK_LIMITS: tuple[Limit, ...] = ((20, 60.0),)
MAX_FILE = 20 * 1024 * 1024
MIN_FILE = 6

#: A media id nobody knows (any more).
NO_MEDIA = frozenset({40007, 41006})
_LONGEST_REFUSAL = 2000
_UPLOAD_SECONDS = 60.0
_LONG_PAUSE = timedelta(hours=1)

Form = Callable[[], aiohttp.FormData]


class RestClient:
    """One self-built application's HTTP side. Safe for concurrent use inside one event loop; `close()` at the end.

    `now` drives token expiry and budgets; real time only drives socket time-outs.
    """

    def __init__(
        self,
        base_url: str,
        corp_id: str,
        secret: str,
        agent_id: int,
        now: Callable[[], datetime],
        *,
        timeout_seconds: float = 10.0,
        breaker_seconds: float = 3600.0,
        member_limits: tuple[Limit, ...] = MEMBER_LIMITS,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._corp_id = corp_id
        self._secret = secret
        self._agent_id = agent_id
        self._now = now
        self._timeout = timeout_seconds
        self._session: aiohttp.ClientSession | None = None
        self._members = SlidingWindow(member_limits, now)
        self._webhooks = SlidingWindow(WEBHOOK_LIMITS, now)
        self._paused: dict[str, tuple[datetime, int]] = {}
        self._plain_ids: dict[str, str] = {}
        self.tokens = TokenKeeper(
            self._gettoken, now, bad_secret={str(code) for code in BAD_SECRET}, breaker_seconds=breaker_seconds
        )

    def remember(self, account: str, sent: Iterable[datetime]) -> None:
        """Count what an earlier process sent to a member."""
        self._members.restore(account.lower(), sent)

    def remember_webhook(self, key: str, sent: Iterable[datetime]) -> None:
        """Count what an earlier process posted through a webhook."""
        self._webhooks.restore(key, sent)

    async def close(self) -> None:
        """Release the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send(
        self, accounts: Sequence[str], msgtype: str, content: Mapping[str, Any], *, second_try: bool = False
    ) -> Mapping[str, Any]:
        """message/send to persons. Returns the raw answer (msgid, response_code, invaliduser, unlicenseduser).

        `second_try` asks WeCom to drop a duplicate: only for a repeat after a lost answer, since two people may well
        mean to say the same words twice.
        """
        body: dict[str, Any] = {
            "touser": "|".join(accounts),
            "msgtype": msgtype,
            "agentid": self._agent_id,
            msgtype: content,
        }
        if second_try:
            body |= {"enable_duplicate_check": 1, "duplicate_check_interval": 1800}
        with self._members.spending(*(account.lower() for account in accounts)):
            return await self.call("POST", "/cgi-bin/message/send", body=body)

    async def upload(self, name: str, content: bytes) -> str:
        """Upload a temporary file (6 bytes to 20 MB, kept three days) and return its media_id."""
        require_file_size(content)

        def form() -> aiohttp.FormData:
            # WeCom shows the file name as it travels, so it must not be percent-encoded.
            data = aiohttp.FormData(quote_fields=False)
            data.add_field("media", content, filename=name, content_type="application/octet-stream")
            return data

        answer = await self.call("POST", "/cgi-bin/media/upload", params={"type": "file"}, form=form)
        return str(answer["media_id"])

    async def media(self, media_id: str) -> Fetched:
        """media/get (90254): the bytes behind a media id of the last three days. Raises `Gone`, `TooLarge`, `TryLater`.

        A refusal comes as JSON in the place of the bytes.
        """
        token = await self.tokens.get()
        fetched = await self._media(media_id, token)
        code = _refused(fetched)
        if code in STALE_TOKEN:
            fetched = await self._media(media_id, await self.tokens.get(stale=token))
            code = _refused(fetched)
        if code in NO_MEDIA:
            raise Gone(str(code), "素材已失效")
        if code != OK:
            raise refusal(code, "取素材没有成功")
        return fetched

    async def _media(self, media_id: str, token: str) -> Fetched:
        query = urlencode({"access_token": token, "media_id": media_id})
        return await self.download(f"{self._base}/cgi-bin/media/get?{query}")

    async def download(self, url: str) -> Fetched:
        """Get what lies at a link of the platform. Raises `Gone`, `TooLarge`, `TryLater`."""
        return await download(self._open_session(), url)

    async def update_card(self, accounts: Sequence[str], response_code: str, card: Mapping[str, Any]) -> None:
        """update_template_card for these receivers. One call per response_code. An unknown refusal is final."""
        body = {
            "userids": list(accounts),
            "agentid": self._agent_id,
            "response_code": response_code,
            "template_card": card,
        }
        await self.call("POST", "/cgi-bin/message/update_template_card", body=body, unknown=Rejected)

    async def recall(self, msgid: str) -> None:
        """Withdraw an application message sent within the last 24 hours."""
        await self.call("POST", "/cgi-bin/message/recall", body={"msgid": msgid})

    async def plain_userid(self, open_userid: str) -> str:
        """The plain userid of an encrypted one; the argument itself when WeCom does not know it. Cached."""
        known = self._plain_ids.get(open_userid)
        if known is not None:
            return known
        body = {"open_userid_list": [open_userid]}
        answer = await self.call("POST", "/cgi-bin/batch/openuserid_to_userid", body=body)
        pairs = answer.get("userid_list") or []
        found = {str(pair.get("open_userid")): str(pair.get("userid")) for pair in pairs}
        if len(self._plain_ids) >= 10_000:
            self._plain_ids.clear()
        return self._plain_ids.setdefault(open_userid, found.get(open_userid, open_userid))

    async def user(self, userid: str) -> Mapping[str, Any]:
        """user/get: name, departments, position, status … of a member in the application's range."""
        return await self.call("GET", "/cgi-bin/user/get", params={"userid": userid})

    async def knows(self, userid: str) -> bool:
        """Whether the directory has this member."""
        try:
            await self.user(userid)
        except Unreachable:
            return False
        return True

    async def identify(self, code: str) -> str | None:
        """The userid behind an OAuth `code`; None for someone outside the organisation."""
        answer = await self.call("GET", "/cgi-bin/auth/getuserinfo", params={"code": code})
        return str(answer["userid"]) if answer.get("userid") else None

    async def webhook(self, key: str, msgtype: str, content: Mapping[str, Any]) -> None:
        """Post a notice through a group webhook; `key` is its whole credential. At most 20 a minute."""
        body = {"msgtype": msgtype, msgtype: content}
        with self._webhooks.spending(key):
            answer = await self._exchange("POST", "/cgi-bin/webhook/send", {"key": key}, body=body)
        self._judge("/cgi-bin/webhook/send", answer, UnknownCode)

    async def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        form: Form | None = None,
        unknown: type[PlatformError] = UnknownCode,
    ) -> Mapping[str, Any]:
        """One API call with the token; a stale token is replaced and the call repeated once. Raises `PlatformError`."""
        if not (self._corp_id and self._secret):
            raise Misconfigured("application_absent", "没有配置自建应用")
        self._mind_the_pause(path)
        token = await self.tokens.get()
        answer = await self._exchange(method, path, {**(params or {}), "access_token": token}, body, form)
        if answer.get("errcode") in STALE_TOKEN:
            token = await self.tokens.get(stale=token)
            answer = await self._exchange(method, path, {**(params or {}), "access_token": token}, body, form)
        self._judge(path, answer, unknown)
        return answer

    def _judge(self, path: str, answer: Mapping[str, Any], unknown: type[PlatformError]) -> None:
        code = _code(answer)
        if code == OK:
            self._paused.pop(path, None)
            return
        error = refusal(code, str(answer.get("errmsg", "")), unknown=unknown)
        if code == TOO_FREQUENT and isinstance(error, TryLater):
            strikes = self._paused.get(path, (None, 0))[1] + 1
            pause = timedelta(seconds=error.after) if strikes == 1 else _LONG_PAUSE
            self._paused[path] = (self._now() + pause, strikes)
            error.after = pause.total_seconds()
        elif code in BAD_SECRET:
            self.tokens.refuse(error)
        raise error

    def _mind_the_pause(self, path: str) -> None:
        until, _ = self._paused.get(path, (None, 0))
        left = (until - self._now()).total_seconds() if until else 0.0
        if 0 < left <= _LONG_PAUSE.total_seconds():
            raise TryLater(str(TOO_FREQUENT), "接口调用太频繁，暂停中", after=left)

    async def _gettoken(self) -> tuple[str, float]:
        params = {"corpid": self._corp_id, "corpsecret": self._secret}
        answer = await self._exchange("GET", "/cgi-bin/gettoken", params)
        code = _code(answer)
        if code != OK:
            raise refusal(code, str(answer.get("errmsg", "")))
        return token_in(answer, "access_token", "expires_in")

    async def _exchange(
        self,
        method: str,
        path: str,
        params: Mapping[str, str],
        body: Mapping[str, Any] | None = None,
        form: Form | None = None,
    ) -> Mapping[str, Any]:
        """One HTTP exchange. `TryLater` when it surely did not arrive, `LostAnswer` when it may have."""
        session = self._open_session()
        data: Any = form() if form else (json.dumps(body, ensure_ascii=False).encode() if body is not None else None)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        timeout = aiohttp.ClientTimeout(total=_UPLOAD_SECONDS if form else self._timeout, connect=self._timeout)
        try:
            async with session.request(
                method, self._base + path, params=params, data=data, headers=headers, timeout=timeout
            ) as response:
                if response.status != 200:
                    raise LostAnswer(f"http_{response.status}", "企业微信接口返回异常", after=10.0)
                answer = json.loads(await response.read())
        except aiohttp.ClientConnectorError:
            raise TryLater("unreachable_server", "连不上企业微信服务器", after=10.0) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise LostAnswer("no_answer", type(error).__name__, after=10.0) from None
        except ValueError:
            raise LostAnswer("not_json", "企业微信接口返回的不是 JSON", after=10.0) from None
        if not isinstance(answer, dict):
            raise LostAnswer("not_json", "企业微信接口返回的不是 JSON 对象", after=10.0)
        return answer

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=10))
        return self._session


def _code(answer: Mapping[str, Any]) -> int:
    """What WeCom says of the call. Raises `LostAnswer` when that is no code."""
    try:
        return int(answer.get("errcode", OK))
    except (TypeError, ValueError):
        raise LostAnswer("bad_errcode", "企业微信接口的回答不完整", after=10.0) from None


def _refused(fetched: Fetched) -> int:
    """The code of a refusal that came in the place of a file; `OK` for a file."""
    if len(fetched.content) > _LONGEST_REFUSAL or not fetched.content.startswith(b'{"errcode"'):
        return OK
    try:
        return _code(json.loads(fetched.content))
    except ValueError:
        return OK


def require_file_size(content: bytes) -> None:
    """Refuse a file WeCom would refuse: fewer than 6 bytes or more than 20 MB. Raises `Rejected`."""
    if not MIN_FILE <= len(content) <= MAX_FILE:
        raise Rejected("file_size", "文件应在 6 字节到 20 MB 之间")
