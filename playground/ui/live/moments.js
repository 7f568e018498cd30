// What a panel shows at an epoch: which traces have moved, and where to.

import { addLosses, decode, decodeIfPacked, findLast, listShades, readRow, spread, takePicture } from "./arrays.js";
import { hideTrace, isHidden } from "./legend.js";

const FAR = 9e29; // from here on a value stands for one that no number holds: it is drawn outside the chart, and its size is not shown

export class Moments {
  constructor({ figure, tracks, reveals, tips, heatmaps }, frames, epochs, words = {}) {
    Object.assign(this, { data: figure.data, frames, epochs, tips, words, hidden: new Set() });
    this.tracks = tracks.map((track) => {
      const { x, y } = this.data[track.trace];
      return { ...track, x: decodeIfPacked(x), y: decodeIfPacked(y), rows: decode(track.rows), across: track.across && decode(track.across) };
    });
    this.heatmaps = heatmaps.map((heatmap) => ({ ...heatmap, maps: decode(heatmap.maps), shades: listShades(heatmap.low, heatmap.high) }));
    this.reveals = reveals.map((reveal) => {
      // When each point of the trace is reached: its x, or the epochs that come with it.
      const { x, y, z } = this.data[reveal.trace];
      const at = decode(reveal.epochs ?? x);
      return { ...reveal, x: decode(x), y: decode(y), at, ...(z && { z: decode(z) }) };
    });
  }

  // From now on without the traces and the points of these groups; whether that changes anything.
  hide(hidden) {
    const before = this.hidden;
    this.hidden = new Set(hidden);
    return this.data.some((trace) => [before, this.hidden].some((groups) => hideTrace(trace, groups) !== trace));
  }

  frame(epoch) { return findLast(this.frames, epoch); }

  // The text over a moving line where the pointer is.
  hoverTemplate({ trace, y }) {
    const { name, hovertemplate } = this.data[trace];
    return y.some((value) => Math.abs(value) >= FAR) ? `${this.words.outside}<extra>${name}</extra>` : hovertemplate;
  }

  // The traces as they stand at an epoch.
  traces(epoch) {
    const traces = this.data.map((trace) => ({ ...addLosses(hideTrace(trace, this.hidden)) }));
    for (const { trace, ...moved } of [...this.pictures(epoch), ...this.lines(epoch)]) Object.assign(traces[trace], moved);
    return traces;
  }

  // What moves at an epoch, and `others` that have moved since, for a fast redraw: maps by their heatmap and frame.
  moves(epoch, others = []) {
    const lines = this.lines(epoch);
    const frame = this.frame(epoch);
    return [
      ...lines,
      ...others.filter(({ trace }) => !lines.some((line) => line.trace === trace)),
      ...this.heatmaps.flatMap((heatmap) => heatmap.traces.map((trace) => ({ trace, heatmap, frame }))),
    ].filter(({ trace }) => !isHidden(this.data[trace], this.hidden));
  }

  // Every moving map with its new z.
  pictures(epoch) {
    return this.heatmaps.flatMap((heatmap) => {
      const z = takePicture(heatmap, this.frame(epoch));
      return heatmap.traces.map((trace) => ({ trace, z }));
    });
  }

  // Every moving line and dot with its new x and y, and z if it has one.
  lines(epoch) {
    const frame = this.frame(epoch);
    const tracks = this.tracks.map(({ trace, x, y, rows, across }) => {
      if (epoch >= this.epochs) return { trace, x, y };
      if (across) return { trace, x: readRow(across, frame), y: readRow(rows, frame) };
      return { trace, x, y: spread(readRow(rows, frame), x.length) };
    }).map((move) => ({ ...move, hovertemplate: this.hoverTemplate(move) }));
    const revealed = this.reveals.map(({ trace, at, x, y, z }) => {
      const stop = findLast(at, epoch) + 1;
      return { trace, x: x.subarray(0, stop), y: y.subarray(0, stop), ...(z && { z: z.subarray(0, stop) }) };
    });
    if (this.tips === null) return [...tracks, ...revealed];
    const last = (name) => revealed.map((reveal) => reveal[name].at(-1) ?? null);
    const deep = revealed.some((reveal) => reveal.z) && { z: last("z") };
    return [...tracks, ...revealed, { trace: this.tips, x: last("x"), y: last("y"), ...deep }];
  }
}
