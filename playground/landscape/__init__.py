"""The loss over the weights of a model: surfaces, optima, paths, and why a training diverges."""
