"""The version of the program: the only place that has it."""

VERSION = "0.1.0"

# The day of that version, as in CHANGELOG.md.
DATE = "2026-11-30"
