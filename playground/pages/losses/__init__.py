"""The Losses page: what a loss is, its curves and properties, what it fits, the noise it is made for."""
