"""What people hand in beside words: fetched, told apart, sealed, joined to a case, shown to whoever may look."""
