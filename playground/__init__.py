"""Everything the pages show is computed here: experiments, losses, data, models, training, figures."""
