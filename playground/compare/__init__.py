"""Runs side by side: kept ones, sweeps with their bands, and what can be taken away."""
