"""Played in a town (`tests.kit.town`)."""

from tests.kit.town_fixtures import *  # noqa: F403 - exactly the fixtures
