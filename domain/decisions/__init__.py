"""The decisions behind the transition table, one command per file; each function returns facts or raises `Refused`."""
