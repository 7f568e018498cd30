// What has moved between two figures of a panel that are alike in all but their numbers.

import { values } from "./arrays.js";

const SPAN = 0.25; // of an axis: what its range may change before the chart is drawn anew at once
const AXES = ["xaxis", "yaxis"];
const said = JSON.stringify;
const UNSEEN = { x: 0, y: 0, name: 0, hovertemplate: 0, customdata: 0 }; // what strokes move, and what they do not show
const HEIGHTS = { z: 0, zmin: 0, zmax: 0, contours: 0 }; // the same of a relief

// A figure as it can be compared: Plotly writes into what it is given, so this comes first.
export function outline(data, layout) {
  return {
    data,
    places: data.map((trace) => said([trace.x, trace.y, isRelief(trace) && trace.z])),
    looks: said(data.map((trace) => (
      { ...trace, ...UNSEEN, ...(isRelief(trace) && HEIGHTS), text: trace.mode?.includes("text") && trace.text }))),
    frame: said({ ...layout, ...Object.fromEntries(AXES.map((name) => [name, { ...layout[name], range: 0 }])) }),
    ranges: AXES.map((name) => layout[name]?.range),
  };
}

function isRelief({ type, z }) {
  return type === "contour" && Boolean(z?.bdata);
}

// The traces that have new places, as {trace, x, y}, with z and contours if they have some; null if the two differ in
// more, or their axes in much. `drawn` are the ranges on the screen: those of `before` may not have been drawn yet.
export function shifts(before, now, drawn) {
  const alike = before.looks === now.looks && before.frame === now.frame;
  if (!alike || !now.ranges.every((range, axis) => near(drawn[AXES[axis]]?.range, range))) return null;
  return now.data
    .map((shown, trace) => ({ trace, shown }))
    .filter(({ trace }) => before.places[trace] !== now.places[trace])
    .map(({ trace, shown: { x, y, z, contours } }) => (
      { trace, x: values(x), y: values(y), ...(z && { z: values(z), contours }) }));
}

function near(before, now) {
  if (!before || !now) return false;
  const span = Math.abs(before[1] - before[0]);
  return before.every((end, place) => Math.abs(end - now[place]) <= SPAN * span);
}
