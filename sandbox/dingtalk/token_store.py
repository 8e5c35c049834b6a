"""The living token of the application: the same for the new and the old API, 7200 s of real time."""

from __future__ import annotations

import secrets
import time

SECONDS = 7200


class Tokens:
    """The application's living token, if it has one."""

    def __init__(self) -> None:
        self._token = ""
        self._until = 0.0

    def current(self) -> str:
        """The living token, a new one when there is none."""
        if not self.alive(self._token):
            self._token = secrets.token_hex(16)
        self._until = time.monotonic() + SECONDS
        return self._token

    def alive(self, token: str) -> bool:
        """Whether this is the living token."""
        return bool(token) and token == self._token and time.monotonic() < self._until

    def kill(self) -> None:
        """End the living token."""
        self._token = ""
