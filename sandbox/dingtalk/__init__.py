"""The other side of DingTalk: its two hosts, its stream and HTTP pushes, its cards and quotas."""
