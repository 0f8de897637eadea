"""Finding content files: which there are, what their path says, what is read of them."""
