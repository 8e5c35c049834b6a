"""Time's door: the clock, and the timetable whose jobs are three lines that call a service."""
