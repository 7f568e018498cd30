// Arrays as Python sends them, and what is read from them.

// A base64 array as Plotly writes it; `width` is the length of a row if it has two dimensions.
export function decode({ dtype, bdata, shape }) {
  const bytes = Uint8Array.fromBase64?.(bdata) ?? Uint8Array.from(atob(bdata), (letter) => letter.charCodeAt(0));
  const Kind = { f4: Float32Array, f8: Float64Array, i4: Int32Array, i2: Int16Array, i1: Int8Array, u1: Uint8Array, u2: Uint16Array }[dtype];
  const array = new Kind(bytes.buffer);
  if (shape) [array.height, array.width] = shape.split(",").slice(-2).map(Number);
  return array;
}

export function readRow(rows, frame) {
  return rows.subarray(frame * rows.width, (frame + 1) * rows.width);
}

// The 256 values that a heat map's numbers stand for.
export function listShades(low, high) {
  return Float32Array.from({ length: 256 }, (_, shade) => low + ((high - low) * shade) / 255);
}

// One frame of a heat map, row by row from the lowest; its last one from then on.
export function takeMap({ maps }, frame) {
  const { height, width } = maps;
  const first = Math.min(frame * height * width, maps.length - height * width);
  return Object.assign(maps.subarray(first, first + height * width), { height, width });
}

// The same as Plotly takes a z: a list of rows.
export function takePicture(heatmap, frame) {
  const map = takeMap(heatmap, frame);
  return Array.from({ length: map.height }, (_, line) => Float32Array.from(readRow(map, line), (value) => heatmap.shades[value]));
}

// A surface with the loss at each of its places, of which a height is the logarithm above an offset.
export function addLosses(trace) {
  if (trace.meta?.offset === undefined) return trace;
  const heights = decodeIfPacked(trace.z);
  const losses = Array.from({ length: heights.height }, (_, row) => (
    Array.from(readRow(heights, row), (height) => 10 ** height + trace.meta.offset)));
  return { ...trace, customdata: losses };
}

export function decodeIfPacked(array) {
  return array?.bdata ? decode(array) : array;
}

// The place of the last entry that is not after `value`; -1 if all are.
export function findLast(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1; else high = middle;
  }
  return low - 1;
}

// A row over `length` evenly spaced places; two values are the ends of a straight line.
export function spread(row, length) {
  if (row.length === length) return row;
  return Float32Array.from({ length }, (_, place) => row[0] + ((row[1] - row[0]) * place) / (length - 1));
}
