// Values to SVG paths and colours.

const FAR = 1e5; // pixels: beyond every screen, and still a number that a browser can draw

export const NO_PATH = "M0,0"; // draws nothing; an empty path would be an error

// A line through points; a gap where one has no place.
export function linePath(x, y, across, up) {
  let path = "";
  let pen = "M";
  for (let place = 0; place < x.length; place++) {
    const [right, down] = [across(x[place]), up(y[place])];
    if (!Number.isFinite(right) || !Number.isFinite(down)) { pen = "M"; continue; }
    path += `${pen}${roundPixels(right)},${roundPixels(down)}`;
    pen = "L";
  }
  return path || NO_PATH;
}

export function roundPixels(pixels) {
  return Math.round(100 * Math.max(-FAR, Math.min(FAR, pixels))) / 100;
}

// The 256 colours of a scale of rgba() colours, four bytes each; null if it has others.
export function mixColours(scale) {
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
