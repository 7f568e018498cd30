// Where a value of a chart is on the screen, and the other way round: Plotly keeps this to itself.

// The pixels of a place from the upper left corner of a plot; null where it has no such axes.
export function findPixels(plot, x, y) {
  const { xaxis, yaxis } = plot._fullLayout ?? {};
  if (!xaxis?.d2p || !yaxis?.d2p) return null;
  return { across: xaxis._offset + xaxis.d2p(x), down: yaxis._offset + yaxis.d2p(y) };
}

// The place of a pointer, in units of the axes; null where there are none.
export function findPlace(plot, event) {
  const { xaxis, yaxis } = plot._fullLayout ?? {};
  if (!xaxis?.p2d || !yaxis?.p2d || !event) return null;
  const box = plot.getBoundingClientRect();
  return [xaxis.p2d(event.clientX - box.left - xaxis._offset), yaxis.p2d(event.clientY - box.top - yaxis._offset)];
}

// The range that an axis has on the screen; null if there is no such axis.
export function readRange(plot, name) {
  const axis = plot._fullLayout?.[name];
  return axis?.range ? [...axis.range] : null;
}
