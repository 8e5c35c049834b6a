"""How long, how many and which fields a template card may have, per channel: the numbers of the official tables.

Lengths are characters (字) unless a name ends in `_bytes`. The three profiles are message/send (path/90236), the group
webhook (path/91770) and the aibot (path/101032). The documents advise lengths; the practice city refuses what is
longer, so that nobody learns about a cut-off title from a liaison's phone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """One channel's limits."""

    name: str
    kinds: tuple[str, ...]
    source_desc: int
    title: int
    desc: int
    emphasis_title: int
    emphasis_desc: int
    sub_title: int
    keyname: int
    value: int
    jump_title: int
    vertical_title: int
    vertical_desc: int
    horizontal_types: tuple[int, ...]
    jump_types: tuple[int, ...]
    button_text: int = 10
    submit_text: int = 10
    option_text: int = 16
    checkbox_text: int = 17
    select_title: int | None = None
    url_buttons: bool = False
    menus: bool = True
    feedback: bool = False
    replace_text: bool = False
    disable_always: bool = False
    task_id_required: tuple[str, ...] = ("button_interaction", "vote_interaction", "multiple_interaction")


NOTICES = ("text_notice", "news_notice")
INTERACTIONS = ("button_interaction", "vote_interaction", "multiple_interaction")

APP = Profile(
    name="app",
    kinds=NOTICES + INTERACTIONS,
    source_desc=20,
    title=36,
    desc=44,
    emphasis_title=14,
    emphasis_desc=22,
    sub_title=160,
    keyname=6,  # the table advises 5, the page's own examples have 6 (企业微信官网)
    value=30,
    jump_title=18,
    vertical_title=38,
    vertical_desc=160,
    horizontal_types=(0, 1, 2, 3),
    jump_types=(0, 1, 2),
    url_buttons=True,
    replace_text=True,
)

WEBHOOK = Profile(
    name="webhook",
    kinds=NOTICES,
    source_desc=13,
    title=26,
    desc=30,
    emphasis_title=10,
    emphasis_desc=15,
    sub_title=112,
    keyname=5,
    value=26,
    jump_title=13,
    vertical_title=26,
    vertical_desc=112,
    horizontal_types=(0, 1, 2, 3),
    jump_types=(0, 1, 2),
    menus=False,
    task_id_required=(),
)

AIBOT = Profile(
    name="aibot",
    kinds=NOTICES + INTERACTIONS,
    source_desc=13,
    title=26,
    desc=30,
    emphasis_title=10,
    emphasis_desc=15,
    sub_title=112,
    keyname=5,
    value=26,
    jump_title=13,
    vertical_title=26,
    vertical_desc=112,
    horizontal_types=(0, 1, 3),
    jump_types=(0, 1, 2, 3),
    option_text=10,
    checkbox_text=11,
    select_title=13,
    feedback=True,
    disable_always=True,
    task_id_required=("button_interaction", "vote_interaction"),
)

# card_type -> the fields it may have, beside card_type itself.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "text_notice": (
        "source",
        "action_menu",
        "main_title",
        "quote_area",
        "emphasis_content",
        "sub_title_text",
        "horizontal_content_list",
        "jump_list",
        "card_action",
        "task_id",
    ),
    "news_notice": (
        "source",
        "action_menu",
        "main_title",
        "quote_area",
        "card_image",
        "image_text_area",
        "vertical_content_list",
        "horizontal_content_list",
        "jump_list",
        "card_action",
        "task_id",
    ),
    "button_interaction": (
        "source",
        "action_menu",
        "main_title",
        "quote_area",
        "sub_title_text",
        "horizontal_content_list",
        "card_action",
        "task_id",
        "button_selection",
        "button_list",
    ),
    "vote_interaction": ("source", "main_title", "task_id", "checkbox", "submit_button"),
    "multiple_interaction": ("source", "main_title", "task_id", "select_list", "submit_button"),
}

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "text_notice": ("card_action",),
    "news_notice": ("main_title", "card_action"),
    "button_interaction": ("main_title", "button_list"),
    "vote_interaction": ("main_title", "checkbox", "submit_button"),
    "multiple_interaction": ("main_title", "select_list", "submit_button"),
}
