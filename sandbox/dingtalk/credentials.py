"""Whether somebody shows the application's own credentials."""

from __future__ import annotations

import secrets

from sandbox.city.world import World


def is_ours(world: World, client_id: object, secret: object) -> bool:
    """Whether these are the application's credentials."""
    ding = world.city.ding
    if not isinstance(client_id, str) or not isinstance(secret, str):
        return False
    return client_id == ding.client_id and secrets.compare_digest(secret.encode(), ding.client_secret.encode())
