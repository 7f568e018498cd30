"""What the charts' scripts say: plain texts, and templates whose ``{names}`` the browser fills in."""

from __future__ import annotations

WORDS = {
    # The bar of a replay.
    "train": "▶ Train",
    "pause": "❚❚ Pause",
    "resume": "▶ Resume",
    "again": "↻ Again",
    "back": "−1: one epoch back",
    "forth": "+1: one epoch on",
    "epoch": "Epoch",
    "epoch_of": "epoch {epoch} of {epochs}",
    "to_end": "To the end",
    "to_end_help": "The charts show epoch {epoch} of {epochs}: go to the end",
    "speed": "Speed",
    "slow": "slow",
    "normal": "normal",
    "fast": "fast",
    # The line under the charts.
    "first_epoch": "Epoch 0: the model before its first step, the same for every loss.",
    "losses": "Loss at epoch {epoch}: {losses}.",
    "diverged": "diverged",
    "drawn_epoch": "The models are drawn as of epoch {epoch}.",
    # In the charts.
    "outside": "outside the chart",
    "failed": "The figure could not be drawn. Reload the page to try again. ({reason})",
    # The legend and the tools of a chart.
    "legend": "Legend",
    "hides": "Hide or show",
    "show_entry": "Show {label}",
    "tools": "Tools of the chart “{title}”",
    "tool_pan": "Move the chart by dragging",
    "tool_closer": "Zoom in",
    "tool_further": "Zoom out",
    "tool_left": "Turn to the left",
    "tool_right": "Turn to the right",
    "tool_all": "Show all",
    "tool_pick": "Pick a point with the arrow keys",
    "tool_png": "Save as PNG",
    "tool_svg": "Save as SVG",
    # A point that is picked by the keys.
    "picking": "Points of the chart “{title}”",
    "point": "{x_title} {x}, {y_title} {y}.",
    "point_value": "{x_title} {x}, {y_title} {y}: {value}.",
    "named_point": "{name}: {x_title} {x}, {y_title} {y}.",
    "named_point_value": "{name}: {x_title} {x}, {y_title} {y}: {value}.",
    "read_keys": "Arrow keys move, Esc leaves.",
    "pick_keys": "Arrow keys move, Enter picks, Esc leaves.",
    "picked": "Picked.",
}
