"""Scenarios are played in a town (`tests.kit.town`)."""

from tests.kit.town_fixtures import backend, platforms, start, town, town_url

__all__ = ["backend", "platforms", "start", "town", "town_url"]
