"""One DingTalk card as it exists: its variables, whose private ones, and where it was delivered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.city.chats import Message
from sandbox.city.people import Person
from sandbox.dingtalk.card_templates import Template, calls_back, face, raw_buttons, sent_back

ID_TYPES = {1: "staff_id", 2: "unionid"}


@dataclass(slots=True, eq=False)
class Card:
    """One card instance. `private` is by person id; `user_id_type` rules the ids of its callbacks."""

    out_track_id: str
    template: Template
    params: dict[str, str]
    private: dict[str, dict[str, str]]
    user_id_type: int
    callback_type: str
    route_key: str
    messages: list[Message] = field(default_factory=list)

    def params_for(self, user: str) -> dict[str, str]:
        """The variables as one person sees them."""
        return {**self.params, **self.private.get(user, {})}

    def face_for(self, user: str) -> dict[str, Any]:
        """The card as one person sees it."""
        return face(self.template, self.params_for(user))

    def views(self) -> dict[str, dict[str, Any]]:
        """The card as those see it who have private variables."""
        return {user: self.face_for(user) for user in self.private}

    def action(self, user: str, key: str) -> dict[str, Any] | None:
        """What pressing this button tells the bot."""
        for button in raw_buttons(self.template, self.params_for(user)):
            if button.get("id") == key and calls_back(self.template, button):
                return {"actionIds": [key], "params": sent_back(self.template, button)}
        return None

    def id_of(self, who: Person) -> str:
        """The id this card's callbacks carry for a person."""
        return str(getattr(who, ID_TYPES[self.user_id_type]))
