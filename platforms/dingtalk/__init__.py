"""DingTalk (钉钉): an internal application's robot, its interactive cards, and the stream or HTTP callbacks."""

from platforms.dingtalk.config import DingTalkConfig, Mode
from platforms.dingtalk.crypto import BadCallback
from platforms.dingtalk.platform import DingTalk
from platforms.dingtalk.timing import Timing

__all__ = ["BadCallback", "DingTalk", "DingTalkConfig", "Mode", "Timing"]
