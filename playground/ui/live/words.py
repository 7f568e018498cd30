"""What the charts' scripts say: plain texts, and templates whose ``{names}`` the browser fills in."""

from __future__ import annotations

WORDS = {
    # The bar of a replay.
    "train": "▶ Train",
    "pause": "❚❚ Pause",
    "resume": "▶ Resume",
    "again": "↻ Again",
    "back": "One epoch back",
    "forth": "One epoch on",
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
    "failed": "The figure could not be drawn. Reload the page to try again. ({reason})",
}
