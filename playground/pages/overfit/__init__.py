"""The Overfit page: a model too large for its data, and its remedies."""
