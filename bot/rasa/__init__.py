"""What runs inside Rasa's own environment, besides the understanding in bot/nlu."""
