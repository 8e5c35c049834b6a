"""The decisions behind the transition table, one errand per file; each function returns facts or raises `Refused`."""
