// Moves what moves in a chart at once, between two of Plotly's own drawings, which take it 20 to 100 ms a chart.
// This folder alone reaches into what Plotly has drawn. Its one door is `tryRedraw`: where anything is not as expected
// it changes nothing and says so, and Plotly draws.

import { takeMap } from "../arrays.js";
import { frameMap, listLevels, traceContour } from "./contours.js";
import { NO_PATH, linePath, mixColours } from "./paths.js";

// The version of Plotly's script whose insides this was checked with; with another one, Plotly draws all by itself.
export const CHECKED_VERSION = "4.1";

// Draw traces in their new places: {trace, x, y}, {trace, x, y, z, contours} or {trace, heatmap, frame}. Whether it could
// be done; if not, nothing has changed.
export function tryRedraw(plot, moves) {
  if (!window.Plotly?.version.startsWith(`${CHECKED_VERSION}.`)) return false;
  const drawings = moves.flatMap((move) => planMove(plot, move, moves));
  if (!drawings.every(Boolean)) return false;
  drawings.forEach((draw) => draw());
  return true;
}

// Functions that draw a trace in its new place; null for what cannot be drawn.
function planMove(plot, move, moves) {
  const drawn = findDrawn(plot, move.trace);
  if (!drawn) return [null];
  if (move.heatmap) return [drawn.full.type === "heatmap" ? planPicture(drawn, move) : planBorder(drawn, move)];
  if (move.contours) return [planRelief(drawn, move)];
  return planScatter(drawn, move, moves);
}

// What Plotly has drawn of a trace, and how its values become pixels.
function findDrawn(plot, trace) {
  const full = plot._fullData?.[trace];
  const group = plot.calcdata?.[trace]?.[0]?.node3?.node();
  const axis = (name) => plot._fullLayout[`${name?.[0]}axis${name?.slice(1)}`];
  const [xaxis, yaxis] = [axis(full?.xaxis), axis(full?.yaxis)];
  if (!group?.isConnected || !xaxis?.d2p || !yaxis?.d2p) return null;
  return { full, group, across: (value) => xaxis.d2p(value), up: (value) => yaxis.d2p(value) };
}

// A line, its dots and the band down to the trace before it.
function planScatter(drawn, move, moves) {
  const { type, mode, fill } = drawn.full;
  if (move.z || type !== "scatter" || !/^(lines|markers|lines\+markers)$/.test(mode)) return [null];
  const parts = [];
  if (mode.includes("lines")) parts.push(planLine(drawn, move));
  if (mode.includes("markers")) parts.push(planDots(drawn, move));
  if ((fill ?? "none") !== "none") parts.push(planBand(drawn, move, moves));
  return parts;
}

function planLine({ group, across, up }, { x, y }) {
  const paths = group.querySelectorAll("path.js-line");
  if (!paths.length || !x.length) return null;
  return () => setOnePath(paths, linePath(x, y, across, up));
}

function planDots({ group, across, up }, { x, y }) {
  const points = group.querySelectorAll("path.point");
  const places = Array.from(x, (value, place) => [across(value), up(y[place])]);
  if (points.length !== places.length || !places.flat().every(Number.isFinite)) return null;
  return () => points.forEach((point, place) => point.setAttribute("transform", `translate(${places[place]})`));
}

function planBand({ full, across, up }, { trace, x, y }, moves) {
  const path = full._prevtrace?._nextFill?.node();
  const lower = moves.find((move) => move.trace === trace - 1 && move.x) ?? full._prevtrace;
  if (full.fill !== "tonexty" || !path || !x.length || !lower.x.length) return null;
  const back = [[...lower.x].reverse(), [...lower.y].reverse()];
  return () => path.setAttribute("d", `${linePath(x, y, across, up)}${linePath(...back, across, up).replace("M", "L")}Z`);
}

// Shades and lines at a map's levels; they are the levels on the screen, or Plotly draws.
function planRelief({ group, across, up }, { x, y, z, contours }) {
  const shades = group.querySelectorAll("g.contourfill path");
  const lines = group.querySelectorAll("g.contourlevel");
  const levels = listLevels(contours);
  const known = levels.length === shades.length && levels.length === lines.length;
  if (!known || z.width !== x.length || z.height !== y.length) return null;
  return () => {
    const map = frameMap(z, Array.from(x, across), Array.from(y, up));
    levels.forEach((level, place) => {
      const { area, edge } = traceContour(map, level);
      shades[place].setAttribute("d", area);
      setOnePath(lines[place].querySelectorAll("path"), edge);
    });
  };
}

// The one line of a map where it has a certain value.
function planBorder({ group, full, across, up }, { heatmap, frame }) {
  const line = group.querySelector("g.contourlevel");
  const { start, end, coloring } = full.contours ?? {};
  if (!line || start !== end || coloring !== "none") return null;
  return () => {
    if (!line.querySelector("path")) line.append(document.createElementNS(line.namespaceURI, "path"));
    const map = frameMap(takeMap(heatmap, frame), Array.from(full.x, across), Array.from(full.y, up));
    const { edge } = traceContour(map, (255 * (start - heatmap.low)) / (heatmap.high - heatmap.low));
    setOnePath(line.querySelectorAll("path"), edge);
  };
}

// A map whose colours the browser smooths: Plotly draws it as a picture with a dot for each value.
function planPicture({ group, full }, { heatmap, frame }) {
  const image = group.querySelector("image");
  if (!image || full.zsmooth !== "fast") return null;
  heatmap.colours ??= mixColours(full.colorscale);
  return heatmap.colours && (() => image.setAttribute("href", paintPicture(takeMap(heatmap, frame), heatmap.colours)));
}

function paintPicture(map, colours) {
  const { height, width } = map;
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

// Plotly may have drawn a line in several pieces: the first becomes all of it.
function setOnePath([first, ...others], path) {
  first?.setAttribute("d", path);
  others.forEach((other) => other.setAttribute("d", NO_PATH));
}
