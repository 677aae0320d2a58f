"""The read side: functions that return frozen dataclasses for pages. Each runs a fixed number of statements."""
