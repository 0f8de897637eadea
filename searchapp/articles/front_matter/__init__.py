"""Front matter: split from the body, parsed, and converted to the fields of an article."""
