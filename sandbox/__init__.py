"""The practice city: the other side of the wire, in one process with a page and a clock that can be turned."""
