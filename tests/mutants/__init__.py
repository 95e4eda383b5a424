"""Mutants of the code that protects: `python -m tests.mutants` changes it and looks who notices."""
