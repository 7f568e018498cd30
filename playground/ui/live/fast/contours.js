// Where a map has a certain value, as SVG paths (marching squares).

import { NO_PATH, roundPixels } from "./paths.js";

// The levels of Plotly's contours, as it counts them.
export function listLevels({ start, end, size }) {
  const levels = [];
  for (let level = start; level < end + size / 10; level += size) levels.push(level);
  return levels;
}

// A map with a rim of no width that is lower than all of it: what is above a level then ends at the map's edge.
// `columns` and `rows` are the pixels of the map's columns and rows.
export function frameMap(map, columns, rows) {
  const width = map.width + 2;
  const heights = new Float64Array(width * (map.height + 2)).fill(Math.min(...map) - 1);
  for (let row = 0; row < map.height; row++) {
    heights.set(map.subarray(row * map.width, (row + 1) * map.width), (row + 1) * width + 1);
  }
  return { heights, columns: repeatEnds(columns), rows: repeatEnds(rows) };
}

function repeatEnds(places) {
  return [places[0], ...places, places.at(-1)];
}

// The ways round all that is above a level, as closed paths; and those parts of them that are not the map's edge.
export function traceContour(map, level) {
  const { next, rim } = linkSides(map, level);
  let area = "";
  let edge = "";
  for (const first of next.keys()) {
    let [pen, line] = ["M", "M"];
    for (let side = first; side !== undefined; ) {
      const place = placeCrossing(side, map, level);
      area += pen + place;
      edge += line + place;
      [pen, line] = ["L", rim.has(side) ? "M" : "L"];
      const following = next.get(side);
      next.delete(side);
      side = following;
    }
  }
  return { area: area || NO_PATH, edge: edge || NO_PATH };
}

// From each side of a cell at which one leaves what is above the level to the next at which one comes back, round the
// cell; and the sides from which one goes along the rim. Side 2p goes from place p to the right, side 2p + 1 upwards.
function linkSides({ heights, columns, rows }, level) {
  const width = columns.length;
  const [next, rim] = [new Map(), new Set()];
  for (let row = 0; row + 1 < rows.length; row++) {
    for (let place = row * width; place < (row + 1) * width - 1; place++) {
      const [a, b, c, d] = [place, place + 1, place + width + 1, place + width];
      const first = heights[a] > level;
      if (heights[b] > level === first && heights[c] > level === first && heights[d] > level === first) continue;
      const inside = [a, b, c, d].map((corner) => heights[corner] > level);
      const sides = [2 * a, 2 * b + 1, 2 * d, 2 * a + 1];
      const column = place - row * width;
      const outer = row === 0 || column === 0 || row + 2 === rows.length || column + 2 === width;
      for (let corner = 0; corner < 4; corner++) {
        if (!inside[corner] || inside[(corner + 1) % 4]) continue;
        let back = (corner + 1) % 4;
        while (inside[back] || !inside[(back + 1) % 4]) back = (back + 1) % 4;
        next.set(sides[corner], sides[back]);
        if (outer) rim.add(sides[corner]);
      }
    }
  }
  return { next, rim };
}

// Where a side is at the level, in pixels.
function placeCrossing(side, { heights, columns, rows }, level) {
  const width = columns.length;
  const place = side >> 1;
  const [row, column] = [Math.floor(place / width), place % width];
  const share = (level - heights[place]) / (heights[place + (side % 2 ? width : 1)] - heights[place]);
  const mix = (from, to) => roundPixels(from + share * (to - from));
  return side % 2
    ? `${roundPixels(columns[column])},${mix(rows[row], rows[row + 1])}`
    : `${mix(columns[column], columns[column + 1])},${roundPixels(rows[row])}`;
}
