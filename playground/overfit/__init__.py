"""Models too large for their data: remedies, what they do, and how strong they should be."""
