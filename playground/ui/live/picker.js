// A cross-hair that the keys move over the points of a chart: what is there is read out, and can be picked.

import { decodeIfPacked } from "./arrays.js";
import { element, fill, number } from "./html.js";
import { findPixels } from "./fast/places.js";

const FAR_STEP = 10; // points, with the Shift key

export class Picker {
  constructor(panel) {
    this.panel = panel;
    this.root = element("div", "live-picker");
    this.root.tabIndex = -1;
    this.root.hidden = true;
    this.root.setAttribute("role", "application");
    this.across = element("div", "live-hair live-hair-across");
    this.up = element("div", "live-hair live-hair-up");
    this.root.append(this.across, this.up);
    this.said = element("p", "live-said");
    this.said.setAttribute("aria-live", "polite");
    this.root.onkeydown = (event) => this.press(event);
    this.root.onblur = () => this.end();
    this.at = null;
  }

  // The button that it was called by gets the focus back.
  begin(button) {
    this.button = button;
    this.targets = listTargets(this.panel.traces());
    if (!this.targets.length) return;
    this.at ??= { target: 0, place: 0 };
    this.root.hidden = false;
    const { words } = this.panel.live.spec;
    this.root.setAttribute("aria-label", fill(words.picking, { title: this.panel.title.textContent }));
    this.root.focus();
    this.go(this.at);
  }

  press(event) {
    const { key, shiftKey } = event;
    if (key === "Escape") this.leave();
    else if (key === "Enter" || key === " ") this.pick();
    else {
      const next = movePlace(this.targets, this.at, key, shiftKey ? FAR_STEP : 1);
      if (!next) return;
      this.go(next);
    }
    event.preventDefault();
    event.stopPropagation();
  }

  go(at) {
    this.at = clampPlace(this.targets, at);
    const point = readPoint(this.targets, this.at);
    const { plot, layout, live } = this.panel;
    const pixels = findPixels(plot, point.x, point.y);
    if (pixels) {
      this.up.style.left = `${pixels.across}px`;
      this.across.style.top = `${pixels.down}px`;
    }
    window.Plotly.Fx.hover(plot, [{ curveNumber: point.trace, pointNumber: point.pointNumber }]);
    const { words, clicks } = live.spec;
    this.said.textContent = `${describePoint(point, layout, words)} ${words[clicks ? "pick_keys" : "read_keys"]}`;
  }

  pick() {
    const { live } = this.panel;
    if (!live.spec.clicks) return;
    const { trace, pointNumber, x, y } = readPoint(this.targets, this.at);
    this.panel.click({ points: [{ curveNumber: trace, pointNumber, x, y }] });
    this.said.textContent = live.spec.words.picked;
  }

  leave() {
    this.end();
    this.button.focus();
  }

  end() {
    this.root.hidden = true;
    this.said.textContent = "";
    window.Plotly.Fx.unhover(this.panel.plot);
  }
}

// The traces that say something: rows of points, or maps with rows and columns.
export function listTargets(traces) {
  const spoken = traces.map((trace, place) => ({ ...trace, trace: place })).filter(({ visible, hoverinfo, type, x }) => (
    visible !== false && hoverinfo !== "skip" && x?.length !== 0 && ["scatter", "bar", "heatmap", "contour"].includes(type)));
  return spoken.map((trace) => {
    const [x, y, z, customdata] = ["x", "y", "z", "customdata"].map((name) => decodeIfPacked(trace[name]));
    return { trace: trace.trace, name: trace.name ?? "", x, y, z, customdata, text: trace.text, width: z ? x.length : 0 };
  });
}

// Where a key leads: along the points or the rows of a map, to another row, or to another trace.
export function movePlace(targets, { target, place }, key, step) {
  const { width, x, y } = targets[target];
  const count = width ? width * y.length : x.length;
  const row = width || null;
  const other = (shift) => {
    const next = (target + shift + targets.length) % targets.length;
    return { target: next, place: targets[next].width || width ? 0 : findNearest(targets[next].x, x[place]) };
  };
  if (key === "ArrowRight") return { target, place: place + step };
  if (key === "ArrowLeft") return { target, place: place - step };
  if (key === "ArrowUp") return row ? { target, place: Math.min(place + step * row, count - row + (place % row)) } : other(1);
  if (key === "ArrowDown") return row ? { target, place: Math.max(place - step * row, place % row) } : other(-1);
  if (key === "PageUp") return other(1);
  if (key === "PageDown") return other(-1);
  if (key === "Home") return { target, place: 0 };
  if (key === "End") return { target, place: count - 1 };
  return null;
}

function findNearest(values, wanted) {
  let best = 0;
  for (let place = 1; place < values.length; place++) {
    if (Math.abs(values[place] - wanted) < Math.abs(values[best] - wanted)) best = place;
  }
  return best;
}

// A place that is there, though the chart may have changed.
function clampPlace(targets, { target, place }) {
  const there = Math.min(target, targets.length - 1);
  const { width, x, y } = targets[there];
  const count = width ? width * y.length : x.length;
  return { target: there, place: Math.max(0, Math.min(place, count - 1)) };
}

export function readPoint(targets, { target, place }) {
  const { trace, name, x, y, z, customdata, text, width } = targets[target];
  if (!width) return { trace, name, pointNumber: place, x: x[place], y: y[place], text: Array.isArray(text) ? text[place] : null };
  const [row, column] = [Math.floor(place / width), place % width];
  const at = (values) => (values?.width || !Array.isArray(values) ? values?.[place] : values[row]?.[column]);
  return { trace, name, pointNumber: [row, column], x: x[column], y: y[row], value: at(customdata) ?? at(z), text: at(text) };
}

// What stands at a point, in words: what it says itself, or its place and its value.
export function describePoint({ name, x, y, value, text }, layout, words) {
  const titles = ["xaxis", "yaxis"].map((axis) => layout[axis]?.title?.text || axis[0]);
  const said = text ? text.replaceAll("<br>", ", ") : undefined;
  const written = { name, x_title: titles[0], y_title: titles[1], x: write(x), y: write(y), value: said ?? write(value) };
  const kind = said ?? value !== undefined ? "point_value" : "point";
  return fill(words[name ? `named_${kind}` : kind], written);
}

const write = (value) => (typeof value === "number" && Number.isFinite(value) ? number(value) : String(value));
