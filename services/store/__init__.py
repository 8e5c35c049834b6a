"""What every use case stands on: the application context, the event store and its record, counters, nonces, leases."""
