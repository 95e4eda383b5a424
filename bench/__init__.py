"""Speed, memory, load and faults, beside a stock Rasa on the same messages."""
