// A map's shades and lines at its levels, put where Plotly would put them into what it has drawn before.

import { near } from "./paths.js";

// What draws a trace of Plotly's contours with new numbers; null if it has other levels than are on the screen.
export function relief({ group, full, across, up }, { x, y, z, contours }) {
  const shades = group.querySelectorAll("g.contourfill path");
  const lines = group.querySelectorAll("g.contourlevel");
  const levels = levelsOf(contours);
  const known = levels.length === shades.length && levels.length === lines.length;
  if (!known || z.width !== x.length || z.height !== y.length) return null;
  return () => {
    const ground = { heights: rimmed(z), columns: ringed(Array.from(x, across)), rows: ringed(Array.from(y, up)) };
    levels.forEach((level, place) => {
      const { area, edge } = outlined(ground, level);
      const [path, ...more] = lines[place].querySelectorAll("path");
      shades[place].setAttribute("d", area);
      path?.setAttribute("d", edge);
      more.forEach((each) => each.setAttribute("d", "M0,0"));
    });
  };
}

// As Plotly counts them.
function levelsOf({ start, end, size }) {
  const levels = [];
  for (let level = start; level < end + size / 10; level += size) levels.push(level);
  return levels;
}

// A map with a rim of no width that is lower than all of it: what is above a level then ends at the map's edge.
function rimmed(map) {
  const width = map.width + 2;
  const heights = new Float64Array(width * (map.height + 2)).fill(Math.min(...map) - 1);
  for (let line = 0; line < map.height; line++) {
    heights.set(map.subarray(line * map.width, (line + 1) * map.width), (line + 1) * width + 1);
  }
  return heights;
}

function ringed(places) {
  return [places[0], ...places, places.at(-1)];
}

// The ways round all that is above a level, as closed paths; and those parts of them that are not the map's edge.
function outlined(ground, level) {
  const { next, rim } = steps(ground, level);
  let area = "";
  let edge = "";
  for (const first of next.keys()) {
    let [pen, line] = ["M", "M"];
    for (let side = first; side !== undefined; ) {
      const place = crossing(side, ground, level);
      area += pen + place;
      edge += line + place;
      [pen, line] = ["L", rim.has(side) ? "M" : "L"];
      const following = next.get(side);
      next.delete(side);
      side = following;
    }
  }
  return { area: area || "M0,0", edge: edge || "M0,0" };
}

// From each side of a cell at which one leaves what is above the level to the next at which one comes back, round the
// cell; and the sides from which one goes along the rim. Side 2p goes from place p to the right, side 2p + 1 upwards.
function steps({ heights, columns, rows }, level) {
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
function crossing(side, { heights, columns, rows }, level) {
  const width = columns.length;
  const place = side >> 1;
  const [row, column] = [Math.floor(place / width), place % width];
  const share = (level - heights[place]) / (heights[place + (side % 2 ? width : 1)] - heights[place]);
  const between = ([from, to]) => near(from + share * (to - from));
  return side % 2
    ? `${near(columns[column])},${between(rows.slice(row, row + 2))}`
    : `${between(columns.slice(column, column + 2))},${near(rows[row])}`;
}
