"""The Classify page: labelled points and what classifiers make of them."""
