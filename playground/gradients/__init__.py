"""Gradients on their way back through deep networks: measured, told in words, drawn."""
