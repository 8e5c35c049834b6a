"""The calls we make, as data: where they go, whether they cost budget, whether a repeat is harmless."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Api:
    """One call. `old` is the topapi family (token in the query, errors as HTTP 200); `free` is not counted."""

    method: str
    path: str
    idempotent: bool = False
    old: bool = False
    free: bool = False


CARD_CREATE = Api("POST", "/v1.0/card/instances/createAndDeliver", idempotent=True)  # by outTrackId
CARD_UPDATE = Api("PUT", "/v1.0/card/instances", idempotent=True)
CARD_REGISTER = Api("POST", "/v1.0/card/callbacks/register", idempotent=True)
GROUP_SEND = Api("POST", "/v1.0/robot/groupMessages/send")
GROUP_READERS = Api("POST", "/v1.0/robot/groupMessages/query", idempotent=True)
GROUP_RECALL = Api("POST", "/v1.0/robot/groupMessages/recall", idempotent=True)
PERSON_SEND = Api("POST", "/v1.0/robot/oToMessages/batchSend")
PERSON_RECALL = Api("POST", "/v1.0/robot/otoMessages/batchRecall", idempotent=True)
DOWNLOAD = Api("POST", "/v1.0/robot/messageFiles/download", idempotent=True)
UPLOAD = Api("POST", "/media/upload", old=True, free=True, idempotent=True)
USER = Api("POST", "/topapi/v2/user/get", old=True, free=True, idempotent=True)
USER_BY_UNION = Api("POST", "/topapi/user/getbyunionid", old=True, free=True, idempotent=True)

TOKEN_PATH = "/v1.0/oauth2/accessToken"  # noqa: S105 - an address
OLD_TOKEN_PATH = "/gettoken"  # noqa: S105 - an address
GATEWAY_PATH = "/v1.0/gateway/connections/open"
