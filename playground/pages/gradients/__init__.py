"""The Gradients page: how gradients pass through deep networks."""
