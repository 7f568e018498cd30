// One chart of a replay: its title, its tools, and what Plotly has drawn of it.

import { applyTheme, drawZoomed, listFullRanges } from "./charts.js";
import { element } from "./html.js";
import { findMoves, summarise } from "./fast/moves.js";
import { findPlace } from "./fast/places.js";
import { tryRedraw } from "./fast/redraw.js";
import { fitNotes, fitTrace } from "./labels.js";
import { Picker } from "./picker.js";
import { savePicture } from "./pictures.js";
import { Toolbar, changeRanges } from "./toolbar.js";

export class Panel {
  constructor(live, place) {
    Object.assign(this, { live, place, given: null, now: null, pending: false, dragmode: "zoom" });
    this.root = element("section", "live-panel");
    this.title = element("h2", "live-title");
    this.plot = element("div", "live-plot");
    this.plot.setAttribute("role", "figure");
    this.toolbar = new Toolbar(this);
    this.picker = new Picker(this);
    const head = element("div", "live-head");
    head.append(this.title, this.toolbar.root);
    const chart = element("div", "live-chart");
    chart.append(this.plot, this.picker.root);
    this.root.append(head, chart, this.picker.said);
  }

  // New numbers in a chart that stands are moved in place; Plotly draws them, with their axes, at the `rest`.
  async redraw(spec, moments, theme, width) {
    const { figure, title, description } = spec;
    this.title.textContent = title;
    this.plot.setAttribute("aria-label", title);
    this.plot.setAttribute("aria-description", description);
    this.toolbar.draw(title, figure.layout, this.live.spec.words);
    const layout = this.lay(figure.layout, theme, width);
    const now = summarise(moments.data, layout);
    const others = this.now && findMoves(this.now, now, this.given ?? {});
    Object.assign(this, { spec, now, moments, layout });
    this.pending = Boolean(others) && this.tryRedraw(others);
    if (!this.pending) await this.draw();
  }

  // The layout in these colours and this width; a chart in three dimensions keeps the side that it is seen from.
  lay(own, theme, width) {
    const layout = applyTheme(own, theme, width);
    const { dragmode, scene } = layout;
    const camera = this.plot.layout?.scene?.camera ?? scene?.camera;
    return {
      ...layout,
      annotations: fitNotes(layout.annotations, layout),
      dragmode: dragmode === "zoom" ? this.dragmode : dragmode,
      ...(scene && { scene: { ...scene, camera } }),
    };
  }

  // The traces as they stand at the shown epoch.
  traces() { return this.moments.traces(this.live.shown()); }

  // Have Plotly draw it all.
  draw() {
    this.pending = false;
    return drawZoomed(this, this.traces().map((trace) => fitTrace(trace, this.layout)), this.layout);
  }

  // Move what has moved without Plotly; whether it could be done.
  tryRedraw(others = []) {
    return this.live.spec.fast && tryRedraw(this.plot, this.moments.moves(this.live.shown(), others));
  }

  // Have Plotly draw what is pending, or what has moved.
  settle() {
    if (this.pending) this.draw();
    else restyle(this.plot, this.moments, this.live.shown());
  }

  fit(theme) {
    const width = this.plot.clientWidth;
    if (!width || !this.layout || width === this.layout.width) return;
    this.layout = this.lay(this.spec.figure.layout, theme, width);
    this.draw();
  }

  // What is hidden changes seldom: Plotly draws that.
  hide(hidden) {
    if (this.moments.hide(hidden)) this.draw();
  }

  reset() {
    const { scene } = this.spec.figure.layout;
    window.Plotly.relayout(this.plot, scene ? { "scene.camera": scene.camera } : listFullRanges(this.given));
  }

  zoom(change) { window.Plotly.relayout(this.plot, changeRanges(this.plot, change)); }

  // Whether dragging now moves the chart, instead of zooming into it.
  pan() {
    this.dragmode = this.dragmode === "pan" ? "zoom" : "pan";
    window.Plotly.relayout(this.plot, { dragmode: this.dragmode });
    return this.dragmode === "pan";
  }

  save(format) {
    const { spec, legend } = this.live;
    return savePicture(this, format, { spec, hidden: legend.hidden });
  }

  // A click on a point goes to Python: which panel, which trace, and where in it (of a map: row and column).
  // And where in the chart, in its own units, since between the points there is room.
  click({ points: [point], event }) {
    const [x, y] = findPlace(this.plot, event) ?? [point.x, point.y];
    this.live.clicked({ panel: this.place, trace: point.curveNumber, point: point.pointNumber, x, y });
  }
}

function restyle(plot, moments, epoch) {
  const moves = [...moments.pictures(epoch), ...moments.lines(epoch)];
  if (!moves.length) return;
  // A value that is undefined leaves the trace as it is: a map has no new x, a line no new z.
  const changed = Object.fromEntries(["x", "y", "z", "hovertemplate"].map((name) => [name, moves.map((move) => move[name])]));
  window.Plotly.restyle(plot, changed, moves.map((move) => move.trace));
}
