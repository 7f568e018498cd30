"""Jobs for the tests of ``playground.compute``: a worker imports them from here."""

import os
import signal
import time


def who(on_progress):
    return os.getpid()


def echo(value, on_progress, after=0.0):
    time.sleep(after)
    return value


def count_to(most, on_progress):
    """Counts a hundred times a second until it is told to stop."""
    for number in range(most):
        if on_progress(number / most) is False:
            return number
        time.sleep(0.01)
    return most


def refuse(on_progress):
    raise ValueError("quantile is 2; allowed are 0 to 1")


class OddError(Exception):
    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


def refuse_oddly(on_progress):
    raise OddError("this", "that")


def die(on_progress):
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(flag, on_progress):
    """Kills its process if there is a file of this name, which it takes away."""
    if os.path.exists(flag):
        os.unlink(flag)
        os.kill(os.getpid(), signal.SIGKILL)
    return "alive"


def compile_programs(most, on_progress):
    """Makes programs of ever other shapes, compiled or not: what counts is that they are kept."""
    from dataclasses import replace

    from playground.engine.compiled import get_program
    from playground.engine.stacking import Kind, choose_shape
    from playground.experiment import Experiment

    shape = choose_shape(Kind.from_experiment(Experiment(), frozenset()), 1)
    for stack in range(1, most + 1):
        get_program(replace(shape, stack=stack))
    return os.getpid()
