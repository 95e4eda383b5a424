"""What the assistant decides to say: pure functions from turn and state to reply and state."""
