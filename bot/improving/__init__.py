"""Teaching the understanding from the back office: examples, a training, a comparison, a switch."""
