"""The page that hangs in a shelter: what this is, how to write to it, how to leave it fast."""
