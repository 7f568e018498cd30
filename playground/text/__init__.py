"""Numbers and phrases as people write them."""
