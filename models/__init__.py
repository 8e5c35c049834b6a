"""Rows of the database, and what touches it: engines, transactions, claims, leadership, migration, sealing."""
