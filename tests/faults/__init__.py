"""The practice city under faults: kills at chosen and random points, and hours of random acts and weather."""
