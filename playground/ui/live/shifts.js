// What has moved between two figures of a panel that are alike in all but their numbers.

import { values } from "./arrays.js";

const SPAN = 0.25; // of an axis: what its range may change before the chart is drawn anew at once
const AXES = ["xaxis", "yaxis"];
const said = JSON.stringify;
const UNSEEN = { x: 0, y: 0, name: 0, hovertemplate: 0, customdata: 0 }; // what strokes move, and what they do not show

// A figure as it can be compared: Plotly writes into what it is given, so this comes first.
export function outline(data, layout) {
  return {
    data,
    places: data.map(({ x, y }) => said([x, y])),
    looks: said(data.map((trace) => ({ ...trace, ...UNSEEN, text: trace.mode?.includes("text") && trace.text }))),
    frame: said({ ...layout, ...Object.fromEntries(AXES.map((name) => [name, { ...layout[name], range: 0 }])) }),
    ranges: AXES.map((name) => layout[name]?.range),
  };
}

// The traces that have new places, as {trace, x, y}; null if the two differ in more, or their axes in much.
export function shifts(before, now) {
  const alike = before.looks === now.looks && before.frame === now.frame;
  if (!alike || !now.ranges.every((range, axis) => near(before.ranges[axis], range))) return null;
  return now.data
    .map(({ x, y }, trace) => ({ trace, x, y }))
    .filter(({ trace }) => before.places[trace] !== now.places[trace])
    .map(({ trace, x, y }) => ({ trace, x: values(x), y: values(y) }));
}

function near(before, now) {
  if (!before || !now) return false;
  const span = Math.abs(before[1] - before[0]);
  return before.every((end, place) => Math.abs(end - now[place]) <= SPAN * span);
}
