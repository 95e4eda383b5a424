"""Pseudonyms, keys, retention, erasure."""
