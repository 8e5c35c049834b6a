"""Use cases: load, decide, save, queue; one transaction each. No platform names, no drawing."""
