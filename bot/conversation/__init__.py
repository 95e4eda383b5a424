"""What the assistant decides to say: pure functions from a turn and a state to a reply and a state."""
