// What has moved between two figures of a panel that are alike in all but their numbers.

import { decodeIfPacked } from "../arrays.js";

const SPAN = 0.25; // of an axis: what its range may change before the chart is drawn anew at once
const AXES = ["xaxis", "yaxis"];
const UNSEEN = { x: 0, y: 0, name: 0, hovertemplate: 0, customdata: 0, meta: 0 }; // what a redraw moves, and what it does not show
const HEIGHTS = { z: 0, zmin: 0, zmax: 0, contours: 0 }; // the same of a relief
const write = JSON.stringify;

// A figure as it can be compared: Plotly writes into what it is given, so this comes first.
export function summarise(data, layout) {
  return {
    data,
    places: data.map((trace) => write([trace.x, trace.y, isRelief(trace) && trace.z])),
    looks: write(data.map((trace) => (
      { ...trace, ...UNSEEN, ...(isRelief(trace) && HEIGHTS), marker: skipBar(trace.marker), text: trace.mode?.includes("text") && trace.text }))),
    frame: write({ ...layout, ...Object.fromEntries(AXES.map((name) => [name, { ...layout[name], range: 0 }])) }),
    ranges: AXES.map((name) => layout[name]?.range),
  };
}

// The numbers of a bar of colours wait for Plotly, as those of an axis do.
function skipBar(marker) {
  return marker?.colorbar ? { ...marker, color: 0, cmin: 0, cmax: 0, colorbar: 0 } : marker;
}

function isRelief({ type, z }) {
  return type === "contour" && Boolean(z?.bdata);
}

// The traces that have new places, as {trace, x, y}, with z and contours if they have some; null if the two differ in
// more, or their axes in much. `drawn` are the ranges on the screen: those of `before` may not have been drawn yet.
export function findMoves(before, now, drawn) {
  const alike = before.looks === now.looks && before.frame === now.frame;
  if (!alike || !now.ranges.every((range, axis) => fitsOnScreen(range, drawn[AXES[axis]]?.range))) return null;
  return now.data
    .map((shown, trace) => ({ trace, shown }))
    .filter(({ trace }) => before.places[trace] !== now.places[trace])
    .map(({ trace, shown: { x, y, z, contours } }) => (
      { trace, x: decodeIfPacked(x), y: decodeIfPacked(y), ...(z && { z: decodeIfPacked(z), contours }) }));
}

// Whether a new range may be drawn in the one on the screen for a moment.
function fitsOnScreen(range, drawn) {
  if (!drawn || !range) return false;
  const span = Math.abs(drawn[1] - drawn[0]);
  return drawn.every((end, place) => Math.abs(end - range[place]) <= SPAN * span);
}
