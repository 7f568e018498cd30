"""The Landscape page: losses as surfaces over the weights, and the paths of trainings."""
