"""Who may log in, and the tokens that say who did."""
