// Moves what moves in a chart at once, between two of Plotly's own drawings, which take it 20 to 100 ms a chart.
// It reaches into what Plotly has drawn: where that is not as expected, it says so, and Plotly draws.

import { mapOf } from "./arrays.js";
import { contourPath, linePath, tint } from "./paths.js";
import { relief } from "./relief.js";

// Draw the moments of a plot at an epoch, and what else has moved; whether it could be done.
export function stroke(plot, moments, epoch, others = []) {
  const lines = moments.lines(epoch);
  const moves = [...lines, ...others.filter(({ trace }) => !lines.some((line) => line.trace === trace))];
  const drawings = [
    ...moves.flatMap((move) => (move.contours ? hills(plot, move) : scatter(plot, move, moves))),
    ...moments.films.flatMap((film) => film.traces.map((trace) => map(plot, trace, film, moments.frame(epoch)))),
  ];
  if (!drawings.every(Boolean)) return false;
  drawings.forEach((draw) => draw());
  return true;
}

// What draws a trace in its new place: its line, its dots and the band down to the trace before it; null if it can't.
function scatter(plot, move, moves) {
  const drawn = drawnTrace(plot, move.trace);
  if (!drawn || move.z || drawn.full.type !== "scatter" || !/^(lines|markers|lines\+markers)$/.test(drawn.full.mode)) return [null];
  const parts = [];
  if (drawn.full.mode.includes("lines")) parts.push(line(drawn, move));
  if (drawn.full.mode.includes("markers")) parts.push(dots(drawn, move));
  if ((drawn.full.fill ?? "none") !== "none") parts.push(band(drawn, move, moves));
  return parts;
}

function hills(plot, move) {
  const drawn = drawnTrace(plot, move.trace);
  return [drawn && relief(drawn, move)];
}

function line({ group, across, up }, { x, y }) {
  const [path, ...more] = group.querySelectorAll("path.js-line");
  if (!path || !x.length) return null;
  return () => {
    path.setAttribute("d", linePath(x, y, across, up));
    more.forEach((each) => each.setAttribute("d", "M0,0"));
  };
}

function dots({ group, across, up }, { x, y }) {
  const points = group.querySelectorAll("path.point");
  const places = Array.from(x, (value, place) => [across(value), up(y[place])]);
  if (points.length !== places.length || !places.flat().every(Number.isFinite)) return null;
  return () => points.forEach((point, place) => point.setAttribute("transform", `translate(${places[place]})`));
}

function band({ full, across, up }, { trace, x, y }, moves) {
  const path = full._prevtrace?._nextFill?.node();
  const other = moves.find((move) => move.trace === trace - 1) ?? full._prevtrace;
  if (full.fill !== "tonexty" || !path || !x.length || !other.x.length) return null;
  const back = [[...other.x].reverse(), [...other.y].reverse()];
  return () => path.setAttribute("d", `${linePath(x, y, across, up)}${linePath(...back, across, up).replace("M", "L")}Z`);
}

function map(plot, trace, film, frame) {
  const drawn = drawnTrace(plot, trace);
  if (!drawn) return null;
  return drawn.full.type === "heatmap" ? shaded(drawn, film, frame) : bordered(drawn, film, frame);
}

// A map whose colours the browser smooths: Plotly draws it as a picture with a dot for each value.
function shaded({ group, full }, film, frame) {
  const image = group.querySelector("image");
  if (!image || full.zsmooth !== "fast") return null;
  film.colours ??= tint(full.colorscale);
  return film.colours && (() => image.setAttribute("href", painted(film, frame)));
}

function painted(film, frame) {
  const { maps: { height, width }, colours } = film;
  const map = mapOf(film, frame);
  const canvas = Object.assign(document.createElement("canvas"), { height, width });
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(width, height);
  for (let place = 0; place < map.length; place++) {
    const line = height - 1 - Math.floor(place / width); // a picture begins at the top
    pixels.data.set(colours.subarray(4 * map[place], 4 * map[place] + 4), 4 * (line * width + (place % width)));
  }
  context.putImageData(pixels, 0, 0);
  return canvas.toDataURL();
}

// The one line of a map where it has a certain value.
function bordered({ group, full, across, up }, film, frame) {
  const levels = group.querySelector("g.contourlevel");
  const { start, end, coloring } = full.contours ?? {};
  if (!levels || start !== end || coloring !== "none") return null;
  return () => {
    const [path, ...more] = levels.querySelectorAll("path");
    const drawn = path ?? levels.appendChild(document.createElementNS(levels.namespaceURI, "path"));
    drawn.setAttribute("d", contourPath(film, frame, start, Array.from(full.x, across), Array.from(full.y, up)));
    more.forEach((each) => each.setAttribute("d", "M0,0"));
  };
}

// What Plotly has drawn of a trace, and how its values become pixels.
function drawnTrace(plot, trace) {
  const full = plot._fullData?.[trace];
  const group = plot.calcdata?.[trace]?.[0]?.node3?.node();
  const axis = (name) => plot._fullLayout[`${name?.[0]}axis${name?.slice(1)}`];
  const [xaxis, yaxis] = [axis(full?.xaxis), axis(full?.yaxis)];
  if (!group?.isConnected || !xaxis?.d2p || !yaxis?.d2p) return null;
  return { full, group, across: (value) => xaxis.d2p(value), up: (value) => yaxis.d2p(value) };
}
