"""Drawings of papers: pure functions from plain texts to the bytes of a .docx or .xlsx."""
