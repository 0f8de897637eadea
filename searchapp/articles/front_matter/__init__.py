"""Front matter: split from the body, loaded, and turned into the fields of an article."""
