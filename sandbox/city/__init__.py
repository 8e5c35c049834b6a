"""What no platform owns: who lives in the city, what was said, what time it is, the weather, and the control API."""
