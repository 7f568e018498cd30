"""Charts as values: what pages share."""
