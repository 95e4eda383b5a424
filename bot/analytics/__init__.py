"""Figures that identify no one: what is counted, how it is protected, what is shown."""
