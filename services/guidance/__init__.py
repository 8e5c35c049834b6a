"""Guidance cases (第十一条): their acts, the library, the search."""
