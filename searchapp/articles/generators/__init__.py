"""Site generators: how each is recognised, and its rules for addresses, slugs and link tags."""
