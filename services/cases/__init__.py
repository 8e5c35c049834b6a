"""What is done with a case: registration, acts of people, the clock, and what one case asks of another."""
