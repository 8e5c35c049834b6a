"""The door for browsers and other systems: platform callbacks, the intake interface, health and metrics."""
