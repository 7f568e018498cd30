// Values to SVG paths and colours.

import { mapOf } from "./arrays.js";

const FAR = 1e5; // pixels: beyond every screen, and still a number that a browser can draw

// A line through points; a gap where one has no place.
export function linePath(x, y, across, up) {
  let path = "";
  let pen = "M";
  for (let place = 0; place < x.length; place++) {
    const [right, down] = [across(x[place]), up(y[place])];
    if (!Number.isFinite(right) || !Number.isFinite(down)) { pen = "M"; continue; }
    path += `${pen}${near(right)},${near(down)}`;
    pen = "L";
  }
  return path || "M0,0";
}

export function near(pixels) {
  return Math.round(100 * Math.max(-FAR, Math.min(FAR, pixels))) / 100;
}

// Where a map has the value `level`: a short stroke in each cell that it crosses (marching squares). `across` and `up`
// are the pixels of the map's columns and rows.
export function contourPath(film, frame, level, across, up) {
  const { maps: { height, width }, low, high } = film;
  const map = mapOf(film, frame);
  const sought = (255 * (level - low)) / (high - low);
  const value = (line, place) => map[line * width + place] - sought;
  let path = "";
  for (let line = 0; line + 1 < height; line++) {
    for (let place = 0; place + 1 < width; place++) {
      const corners = [[line, place], [line, place + 1], [line + 1, place + 1], [line + 1, place]];
      const crossings = corners.map((corner, side) => crossing(corner, corners[(side + 1) % 4], value, across, up)).filter(Boolean);
      for (let pair = 0; pair + 1 < crossings.length; pair += 2) path += `M${crossings[pair]}L${crossings[pair + 1]}`;
    }
  }
  return path || "M0,0";
}

// Where the side between two corners has the value that is sought, if it has.
function crossing(one, other, value, across, up) {
  const [here, there] = [value(...one), value(...other)];
  if (here > 0 === there > 0) return null;
  const share = here / (here - there);
  const between = (pixels, axis) => pixels[one[axis]] + share * (pixels[other[axis]] - pixels[one[axis]]);
  return [near(between(across, 1)), near(between(up, 0))];
}

// The 256 colours of a scale of rgba() colours, four bytes each; null if it has others.
export function tint(scale) {
  const stops = scale.map(([share, colour]) => [share, (colour.match(/^rgba\((.*)\)$/)?.[1] ?? "").split(",").map(Number)]);
  if (!stops.every(([, colour]) => colour.length === 4)) return null;
  const colours = new Uint8ClampedArray(4 * 256);
  for (let shade = 0; shade < 256; shade++) {
    const after = Math.max(1, stops.findIndex(([share]) => share >= shade / 255));
    const [[from, first], [to, second]] = [stops[after - 1], stops[after]];
    const share = (shade / 255 - from) / (to - from);
    const mixed = first.map((part, place) => part + share * (second[place] - part));
    colours.set([...mixed.slice(0, 3), 255 * mixed[3]], 4 * shade);
  }
  return colours;
}
