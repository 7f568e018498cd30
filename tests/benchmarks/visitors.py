"""Thirty visitors at once, each touching a slider every second, over real WebSockets."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from typing import NamedTuple
from urllib.parse import parse_qs

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetStates

from tests.benchmarks.report import Figure, percentile
from tests.benchmarks.serving import ROOT, ready, serving

VISITORS = 30
TOUCHES = 30
PAUSE = 1.0


def figures() -> list[Figure]:
    with serving(ROOT / "app.py") as (url, _):
        ready(url)
        time.sleep(25)  # until the warm-up in the background is over
        times, wrong = asyncio.run(_crowd(url))
    slow, middle = percentile(times, 0.95), percentile(times, 0.5)
    return [
        Figure(
            f"{VISITORS} visitors, a touch a second each: 95th percentile of {len(times)} answers",
            "≤ 100 ms",
            f"{1e3 * slow:.0f} ms (median {1e3 * middle:.0f} ms)",
            slow <= 0.1,
        ),
        Figure("answers that were errors or another visitor's", "0", str(wrong), wrong == 0),
    ]


async def _crowd(url: str) -> tuple[list[float], int]:
    visits = await asyncio.gather(*(_visit(url, place) for place in range(VISITORS)))
    return [took for times, _ in visits for took in times], sum(wrong for _, wrong in visits)


async def _visit(url: str, place: int) -> tuple[list[float], int]:
    """One visitor: opens the page with a seed of its own, then moves the noise."""
    rng = random.Random(place)
    await asyncio.sleep(place * 0.1)
    times, wrong = [], 0
    async with websockets.connect(address(url), subprotocols=["streamlit"], max_size=None) as socket:
        seed = 1000 + place
        slider, drawn = await run_page(socket, f"seed={seed}")
        wrong += drawn.get("seed") != [str(seed)]
        for _ in range(TOUCHES):
            await asyncio.sleep(rng.expovariate(1 / PAUSE))
            noise = round(rng.uniform(1.1, 9.9), 1)
            start = time.perf_counter()
            _, drawn = await run_page(socket, f"seed={seed}", slider, noise)
            times.append(time.perf_counter() - start)
            wrong += drawn.get("seed") != [str(seed)] or drawn.get("noise") != [str(noise)]
    return times, wrong


def address(url: str) -> str:
    """Where a server's pages listen."""
    return url.replace("http", "ws") + "/_stcore/stream"


class Slider(NamedTuple):
    """A slider as the browser knows it: by its id and that of the part of the page that it is in."""

    widget: str = ""
    fragment: str = ""


async def run_page(
    socket: websockets.ClientConnection, query: str, touched: Slider | None = None, value: float = 0.0
) -> tuple[Slider, dict[str, list[str]]]:
    """Open the page, or move its slider as a browser does; the noise slider, and the link of the charts drawn."""
    message = BackMsg()
    message.rerun_script.query_string = query
    if touched:
        message.rerun_script.fragment_id = touched.fragment
        message.rerun_script.widget_states.CopyFrom(_moved(touched.widget, value))
    await socket.send(message.SerializeToString())
    slider, drawn = Slider(), {"seed": ["nothing drawn"]}
    async for answer in _answers(socket):
        element = answer.delta.new_element
        if element.slider.label == "Noise σ":
            slider = Slider(element.slider.id, answer.delta.fragment_id)
        if element.bidi_component.component_name == "address":
            drawn = parse_qs(json.loads(element.bidi_component.bytes)["link"])
        if element.HasField("exception"):
            drawn = {"seed": ["an exception"]}
    return slider, drawn


async def _answers(socket: websockets.ClientConnection) -> AsyncIterator[ForwardMsg]:
    """The messages of one run, until the page says that it is finished."""
    async for data in socket:
        message = ForwardMsg()
        message.ParseFromString(data)
        yield message
        if (
            message.WhichOneof("type") == "script_finished"
            and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        ):
            return


def _moved(slider: str, noise: float) -> WidgetStates:
    """The noise slider at another stop."""
    states = WidgetStates()
    state = states.widgets.add()
    state.id = slider
    state.string_array_value.data.append(f"{noise:g}")
    return states
