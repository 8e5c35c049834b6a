"""From what a person said or pressed to the command that does it: one table, joined from those of the handlers."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable

from bot.context import ChatCommand, Handler, Several
from domain.prompts import PromptCode

#: `/转办 7 人社局`, with or without a space after the slash, full-width slash allowed.
_COMMAND = re.compile(r"^\s*[/／]\s*(?P<word>[^\s，,、：:；;。]*)(?P<between>[\s，,、：:]*)(?P<rest>.*)$", re.DOTALL)


class Router:
    """The table of commands, by command word and by button code."""

    def __init__(self) -> None:
        self.commands: list[ChatCommand] = []
        self._by_word: dict[str, ChatCommand] = {}
        self._by_code: dict[str, ChatCommand] = {}

    def command(
        self,
        word: str,
        code: str,
        usage: str,
        summary: str,
        audience: str,
        *,
        about_case: bool = True,
        asks: PromptCode | None = None,
        several: Several = Several.NO,
    ) -> Callable[[Handler], Handler]:
        """Register a handler. Raises ValueError when a word or code is taken."""

        def register(handler: Handler) -> Handler:
            self._add(ChatCommand(word, code, usage, summary, audience, handler, about_case, asks, several))
            return handler

        return register

    def include(self, *routers: Router) -> None:
        """Take over the commands of other routers, in order. Raises ValueError when a word or code is taken."""
        for command in (command for router in routers for command in router.commands):
            self._add(command)

    def _add(self, command: ChatCommand) -> None:
        if (command.word and command.word in self._by_word) or command.code in self._by_code:
            raise ValueError(f"command {command.word!r}/{command.code!r} is registered twice")
        self.commands.append(command)
        self._by_code[command.code] = command
        if command.word:
            self._by_word[command.word] = command

    def by_code(self, code: str) -> ChatCommand | None:
        """The command a button or a prompt names."""
        return self._by_code.get(code)

    def parse(self, text: str) -> tuple[str, ChatCommand | None, str] | None:
        """Split a command: its word, its command (None when unknown) and the rest. None when it is no command.

        The slash may be missing when the first word is exactly a command.
        """
        if match := _COMMAND.match(text):
            word, rest = match["word"], match["rest"].strip()
            between = "," if re.search(r"[，,、]", match["between"]) else " "
            return word, *self._glued(word, rest, between)
        first, _, rest = text.strip().partition(" ")
        if first in self._by_word:
            return first, self._by_word[first], rest.strip()
        return None

    def _glued(self, word: str, rest: str, between: str) -> tuple[ChatCommand | None, str]:
        """`/签收7` means `/签收 7`: the longest command the word begins with, if digits follow."""
        if word in self._by_word:
            return self._by_word[word], rest
        for known in sorted(self._by_word, key=len, reverse=True):
            tail = word.removeprefix(known)
            if tail != word and re.match(r"^[#＃YSys\d]", tail):
                return self._by_word[known], f"{tail}{between}{rest}".strip(" ,")
        return None, rest

    def nearest(self, word: str) -> ChatCommand | None:
        """The command a typing mistake most likely meant."""
        shared = [known for known in self._by_word if set(known) & set(word)]
        close = difflib.get_close_matches(word, list(self._by_word), n=1, cutoff=0.5)
        if close:
            return self._by_word[close[0]]
        return self._by_word[max(shared, key=lambda known: len(set(known) & set(word)))] if shared else None
