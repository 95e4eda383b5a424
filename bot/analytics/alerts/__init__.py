"""What operators should look at: about topics, the assistant, numbers and delivery; no person."""
