"""Everything the pages show is computed here: experiments, losses, data, models, training, figures."""

__version__ = "1.0.0"
