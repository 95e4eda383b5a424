"""What may be said about each country: files, tables, and the choice of what to say."""
