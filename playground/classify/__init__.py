"""Labelled points: their laws, what classifiers make of them, and how good that is."""
