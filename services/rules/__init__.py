"""The rules and calendars in force: versions, imports, and what they change."""
