// The tools of a chart: one stop of the Tab key, moved through by the arrow keys.

import { isTouchScreen } from "./charts.js";
import { element, fill } from "./html.js";
import { readRange } from "./fast/places.js";

const CLOSER = 0.7; // of a range
const TURN = Math.PI / 8; // of a chart in three dimensions
const AXES = ["xaxis", "yaxis"];

// Strokes on a ground of 16 × 16.
const ICONS = {
  pan: "M8 1v14M1 8h14M8 1l-2 2M8 1l2 2M8 15l-2-2M8 15l2-2M1 8l2-2M1 8l2 2M15 8l-2-2M15 8l-2 2",
  closer: "M11 11l4 4M7 2a5 5 0 1 0 0 10a5 5 0 1 0 0-10M4.5 7h5M7 4.5v5",
  further: "M11 11l4 4M7 2a5 5 0 1 0 0 10a5 5 0 1 0 0-10M4.5 7h5",
  all: "M2 6v-4h4M10 2h4v4M14 10v4h-4M6 14h-4v-4",
  left: "M3 4v4h4M3.5 8a5 5 0 1 1 1.5 4",
  right: "M13 4v4h-4M12.5 8a5 5 0 1 0-1.5 4",
  pick: "M8 1v5M8 10v5M1 8h5M10 8h5M8 7.9v.2",
};

export class Toolbar {
  constructor(panel) {
    this.panel = panel;
    this.root = element("div", "live-tools");
    this.root.setAttribute("role", "toolbar");
    this.root.onkeydown = (event) => this.move(event);
  }

  // Made anew only for another kind of chart: what has the focus is to keep it.
  draw(title, layout, words) {
    this.root.setAttribute("aria-label", fill(words.tools, { title }));
    const kind = layout.scene ? "scene" : isTouchScreen() ? "touch" : "plane";
    if (kind === this.kind) return;
    this.kind = kind;
    const tools = this.listTools(kind).map(([name, act]) => makeTool(name, words, act));
    this.root.replaceChildren(...tools);
    this.reach(tools[0]);
  }

  listTools(kind) {
    const { panel } = this;
    const save = ["png", "svg"].map((format) => [format, () => panel.save(format)]);
    const all = ["all", () => panel.reset()];
    if (kind === "scene") {
      const turn = (angle) => () => moveCamera(panel.plot, (eye) => turnEye(eye, angle));
      const go = (factor) => () => moveCamera(panel.plot, (eye) => scaleEye(eye, factor));
      return [["closer", go(CLOSER)], ["further", go(1 / CLOSER)], ["left", turn(-TURN)], ["right", turn(TURN)], all, ...save];
    }
    const zoom = (factor) => () => panel.zoom((range) => scaleRange(range, factor));
    const pan = ["pan", (button) => press(button, panel.pan())];
    return [...(kind === "touch" ? [] : [pan]), ["closer", zoom(CLOSER)], ["further", zoom(1 / CLOSER)], all,
      ["pick", (button) => panel.picker.begin(button)], ...save];
  }

  move(event) {
    const tools = [...this.root.children];
    const place = chooseTool(event.key, tools.indexOf(document.activeElement), tools.length);
    if (place === null) return;
    event.preventDefault();
    this.reach(tools[place]);
    tools[place].focus();
  }

  // The one tool that the Tab key stops at.
  reach(tool) {
    for (const each of this.root.children) each.tabIndex = each === tool ? 0 : -1;
  }
}

// Where a key leads from one of so many tools; null if it leads nowhere.
export function chooseTool(key, place, count) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[key];
  if (step) return (place + step + count) % count;
  return { Home: 0, End: count - 1 }[key] ?? null;
}

// A range about its middle, so many times as wide.
export function scaleRange([from, to], factor) {
  const [middle, half] = [(from + to) / 2, (to - from) / 2];
  return [middle - factor * half, middle + factor * half];
}

// The ranges on the screen, changed: as Plotly takes them.
export function changeRanges(plot, change) {
  const ranges = AXES.map((name) => [name, readRange(plot, name)]).filter(([, range]) => range);
  return Object.fromEntries(ranges.map(([name, range]) => [`${name}.range`, change(range)]));
}

export function turnEye({ x, y, z }, angle) {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return { x: cos * x - sin * y, y: sin * x + cos * y, z };
}

function scaleEye({ x, y, z }, factor) {
  return { x: factor * x, y: factor * y, z: factor * z };
}

function moveCamera(plot, change) {
  const { eye } = plot.layout.scene.camera;
  return window.Plotly.relayout(plot, { "scene.camera.eye": change(eye) });
}

function makeTool(name, words, act) {
  const tool = element("button", "live-tool");
  tool.type = "button";
  tool.title = words[`tool_${name}`];
  tool.setAttribute("aria-label", tool.title);
  if (ICONS[name]) tool.innerHTML = `<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;
  else tool.textContent = name.toUpperCase();
  if (name === "pan") press(tool, false);
  tool.onclick = () => act(tool);
  return tool;
}

function press(tool, pressed) { tool.setAttribute("aria-pressed", pressed); }
