"""A bare Streamlit page: a slider and two ready-made charts of the size of ours. It trains nothing."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st


def chart(sizes: list[int], step: int, log: bool) -> go.Figure:
    figure = go.Figure(layout={"height": 400, "margin": {"l": 56, "r": 12, "t": 8, "b": 40}})
    for place, size in enumerate(sizes):
        x = np.linspace(0, 1, size, dtype=np.float32)
        figure.add_trace(
            go.Scatter(x=x, y=np.exp(-(1 + place) * (1 + step / 50) * x) + 0.05, mode="lines", name=f"trace {place}")
        )
    figure.update_yaxes(type="log" if log else "linear")
    return figure


@st.cache_resource
def ready_made() -> list[tuple[go.Figure, go.Figure]]:
    # As many traces and points as the Train page draws for three losses and 1,000 epochs.
    return [(chart([21, 201, 41, 41, 41], step, False), chart([1000] * 6, step, True)) for step in range(101)]


st.set_page_config(layout="wide")
step = st.slider("Noise σ", 0, 100, 10)
left, right = st.columns(2)
fitted, losses = ready_made()[step]
left.plotly_chart(fitted, key="fitted")
right.plotly_chart(losses, key="losses")
