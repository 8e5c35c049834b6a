"""What is printed of cases: the ledger and the papers."""
