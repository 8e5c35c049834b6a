"""What keeps a deployment well: health, tidying, verification, rotation of keys, steps of the clock."""
