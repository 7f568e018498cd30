"""The points of an experiment: for training, for validation, and the clean truth that judges."""

from playground.data.dataset import Dataset as Dataset
from playground.data.dataset import make_data as make_data
from playground.data.dataset import make_validation as make_validation
from playground.data.dataset import model_inputs as model_inputs
from playground.data.dataset import stack_points as stack_points
