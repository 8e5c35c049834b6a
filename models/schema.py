"""Where the ORM and its `tortoise` command find our rows and migrations."""

from __future__ import annotations

from typing import Any

APP = "yousu"

APPS: dict[str, Any] = {
    APP: {
        "models": [
            "models.people",
            "models.cases",
            "models.queues",
            "models.messages",
            "models.bookkeeping",
            "models.record",
            "models.guidance",
            "models.rulebook",
            "models.processes",
            "models.materials",
            "models.webhooks",
        ],
        "default_connection": "default",
        "migrations": "migrations",
    }
}

# Only for `tortoise makemigrations` and `sqlmigrate`, which need a dialect but no data; `yousu migrate` does the rest.
TORTOISE_ORM: dict[str, Any] = {
    "connections": {"default": {"engine": "models.engine_sqlite", "credentials": {"file_path": ":memory:"}}},
    "apps": APPS,
}
