"""What the composite resources share: requests in a row, references between them, and undoing all of them."""
