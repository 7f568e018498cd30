"""What is minimised: the table of losses with formula, slope, source and look."""

from playground.losses.table import COMMON as COMMON
from playground.losses.table import LOSSES as LOSSES
from playground.losses.table import TASKS as TASKS
from playground.losses.table import Loss as Loss
from playground.losses.table import Target as Target
from playground.losses.table import fits_anything as fits_anything
from playground.losses.table import losses_for as losses_for
