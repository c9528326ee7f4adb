"""Measurements: `make bench`, or `python -m bench rest` for one. Everything is a ratio within one run."""
