"""The experiment: one frozen value that says everything a training run depends on, and its forms as link and words."""

from playground.experiment.experiment import MAX_LAYERS as MAX_LAYERS
from playground.experiment.experiment import Experiment as Experiment
from playground.experiment.experiment import equalise_widths as equalise_widths
from playground.experiment.experiment import settings as settings
from playground.experiment.stream import Stream as Stream
