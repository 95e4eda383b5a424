"""What women asked that had no answer: kept only where it is wanted, shown only as many women's."""
