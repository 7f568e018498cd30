"""The engine: which experiments train together, their batches and weights, and the compiled loops they train in."""
