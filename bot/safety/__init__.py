"""What is decided before any model: leaving, erasing, emergencies; and the emergency card."""
