"""Drawings: pure functions from a `View` to a neutral message. One card per file; `drawing` finds them by name."""
