// Draws Plotly figures in place and replays their frames, without asking the server.
// The numbers, the words and the figures come from Python; nothing is computed here but which row to show.

import { decode, findLast } from "./arrays.js";
import { Autoplay } from "./autoplay.js";
import { Bar } from "./bar.js";
import { MissingScript, applyTheme, drawZoomed, listFullRanges, loadPlotly, makeConfig, readTheme } from "./charts.js";
import { element, fill, makeLegendEntry, number } from "./html.js";
import { findMoves, summarise } from "./fast/moves.js";
import { tryRedraw } from "./fast/redraw.js";
import { Moments } from "./moments.js";
import { findDuration, findEpoch, findSeconds } from "./pace.js";
import { Pictures } from "./pictures.js";

const READING_DIGITS = 4; // one more than in tables: epochs that follow each other differ by little
const REST = 150; // milliseconds without a change before Plotly draws
const instances = new WeakMap();

export function render(component) {
  const { parentElement, data } = component;
  let live = instances.get(parentElement);
  if (!live) {
    live = new Live(parentElement);
    instances.set(parentElement, live);
  }
  live.component = component;
  live.update(data);
  return () => { live.remove(); instances.delete(parentElement); };
}

class Live {
  constructor(parent) {
    this.root = element("div", "live");
    this.grid = element("div", "live-panels");
    this.reading = element("p", "live-reading");
    this.legend = element("ul", "live-legend");
    this.pictures = new Pictures(this);
    this.autoplay = new Autoplay(this);
    parent.append(this.root);
    this.panels = [];
    this.epoch = null; // null: the end, wherever that is
    this.playing = false;
    this.played = false; // to the end, as it stands
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(this.root);
  }

  update(data) {
    const text = new TextDecoder().decode(data);
    const theme = readTheme(this.root);
    const same = text === this.text && JSON.stringify(theme) === JSON.stringify(this.theme);
    if (same) return;
    this.text = text;
    this.theme = theme;
    const first = !this.spec;
    this.spec = JSON.parse(text);
    this.root.classList.toggle("live-still", !this.spec.epochs);
    this.root.classList.toggle("live-small", this.spec.small);
    this.root.classList.toggle("live-columns", this.spec.columns > 0);
    this.grid.style.setProperty("--columns", this.spec.columns || 1);
    this.root.classList.toggle("live-many", this.spec.panels.length > 2);
    this.frames = decode(this.spec.frames);
    this.readings = this.spec.readings.map(decode);
    this.moments = this.spec.panels.map((panel) => new Moments(panel, this.frames, this.spec.epochs));
    this.played = false;
    if (first) this.begin();
    else this.autoplay.giveWay();
    this.save();
    if (first && this.autoplay.prepare(this.spec.autoplay)) this.epoch = 0;
    this.draw();
  }

  begin() {
    this.epoch = this.spec.epoch;
    this.bar = new Bar(this, this.spec.words);
    this.root.append(this.bar.root, this.legend, this.grid, this.reading, this.pictures.root);
  }

  async draw() {
    try {
      await loadPlotly();
      this.makePanels();
      this.drawLegend();
      const widths = this.panels.map(({ plot }) => plot.clientWidth);
      await Promise.all(this.panels.map((panel, place) => {
        const { figure, title, description } = this.spec.panels[place];
        panel.title.textContent = title;
        panel.plot.setAttribute("aria-label", description);
        return this.redraw(panel, this.moments[place], applyTheme(figure.layout, this.theme, widths[place]));
      }));
      this.root.classList.remove("live-failed");
      this.pictures.offer();
      this.root.dataset.drawn = this.spec.version;
      this.tell();
      this.restSoon();
      this.autoplay.start();
    } catch (error) {
      if (error instanceof MissingScript) return void this.component.setTriggerValue("failed", true);
      this.root.classList.add("live-failed");
      this.reading.textContent = fill(this.spec.words.failed, { reason: error.message });
    }
  }

  // New numbers in a chart that stands are moved in place; Plotly draws them, with their axes, at the `rest`.
  async redraw(panel, moments, layout) {
    const now = summarise(moments.data, layout);
    const others = panel.now && findMoves(panel.now, now, panel.given ?? {});
    Object.assign(panel, { now, moments, layout });
    panel.pending = Boolean(others) && this.tryRedraw(panel, others);
    if (!panel.pending) await drawZoomed(panel, moments.traces(this.shown()), layout);
  }

  // Move what has moved without Plotly; whether it could be done.
  tryRedraw({ plot, moments }, others = []) {
    return this.spec.fast && tryRedraw(plot, moments.moves(this.shown(), others));
  }

  makePanels() {
    while (this.panels.length < this.spec.panels.length) {
      const root = element("section", "live-panel");
      const title = element("h3", "live-title");
      const plot = element("div", "live-plot");
      plot.setAttribute("role", "figure");
      root.append(title, plot);
      this.grid.append(root);
      const panel = { root, title, plot, given: null, now: null, pending: false };
      panel.reset = () => window.Plotly.relayout(plot, listFullRanges(panel.given));
      panel.config = makeConfig(panel.reset);
      const place = this.panels.length;
      panel.click = (event) => this.clicked(place, event);
      this.panels.push(panel);
    }
    this.panels.splice(this.spec.panels.length).forEach((panel) => panel.root.remove());
  }

  // A click on a point goes to Python: which panel, which trace, and where in it (of a map: row and column).
  // And where in the chart, in its own units, since between the points there is room.
  clicked(panel, { points: [point], event }) {
    if (!this.spec.clicks) return;
    const { plot } = this.panels[panel];
    const { xaxis, yaxis } = plot._fullLayout;
    const box = plot.getBoundingClientRect();
    const [x, y] = xaxis && event
      ? [xaxis.p2d(event.clientX - box.left - xaxis._offset), yaxis.p2d(event.clientY - box.top - yaxis._offset)]
      : [point.x, point.y];
    this.component.setTriggerValue("clicked", { panel, trace: point.curveNumber, point: point.pointNumber, x, y });
  }

  drawLegend() {
    const entries = JSON.stringify(this.spec.legend);
    if (entries === this.legend.dataset.entries) return;
    this.legend.dataset.entries = entries;
    this.legend.replaceChildren(...this.spec.legend.map(makeLegendEntry));
  }

  shown() {
    return this.epoch === null ? this.spec.epochs : Math.min(this.epoch, this.spec.epochs);
  }

  // While epochs follow each other, what moves is drawn at once and Plotly's own drawing waits for the `rest`.
  show(epoch, moving = false) {
    this.epoch = epoch >= this.spec.epochs ? null : Math.max(0, epoch);
    if (!this.panels.length) return;
    this.moving(moving);
    for (const panel of this.panels) {
      if (!moving || !this.tryRedraw(panel)) this.settle(panel);
    }
    this.tell();
  }

  moving(moves) { this.root.classList.toggle("live-moving", moves); }

  restSoon() {
    clearTimeout(this.resting);
    const pending = this.panels.some((panel) => panel.pending);
    this.moving(pending || this.playing);
    if (pending) this.resting = setTimeout(() => this.rest(), REST);
  }

  rest() {
    clearTimeout(this.resting);
    if (!this.root.classList.contains("live-moving")) return;
    this.panels.forEach((panel) => this.settle(panel));
    this.moving(this.playing);
  }

  // Have Plotly draw a panel as it stands.
  settle(panel) {
    if (!panel.pending) return void restyle(panel.plot, panel.moments, this.shown());
    panel.pending = false;
    drawZoomed(panel, panel.moments.traces(this.shown()), panel.layout);
  }

  // The epoch and each loss at it, in words and in the slider.
  tell() {
    const epoch = this.shown();
    this.bar.tell(epoch, this.spec.epochs, this);
    this.reading.textContent = this.read(epoch);
    this.root.dataset.epoch = epoch;
  }

  read(epoch) {
    const { epochs, labels, words } = this.spec;
    if (!epoch || !labels.length) return words.first_epoch;
    const losses = labels.map((label, place) => {
      const reading = this.readings[place];
      return `${label} ${epoch <= reading.length ? number(reading[epoch - 1], READING_DIGITS) : words.diverged}`;
    });
    const text = fill(words.losses, { epoch: epoch.toLocaleString("en"), losses: losses.join(" · ") });
    const kept = this.frames[findLast(this.frames, epoch)];
    return kept === epoch || epoch === epochs ? text : `${text} ${fill(words.drawn_epoch, { epoch: kept.toLocaleString("en") })}`;
  }

  play() {
    if (this.shown() >= this.spec.epochs) this.show(0);
    this.playing = true;
    let seconds = findSeconds(this.shown(), this.spec.epochs);
    let last = null; // a tab in the background is shown no frame, and starts when it is
    const step = (now) => {
      if (!this.playing) return;
      const { epochs } = this.spec; // a change of settings does not stop a replay
      seconds += ((now - (last ?? now)) / 1000) * this.bar.speed();
      last = now;
      const epoch = Math.max(this.shown(), findEpoch(seconds, epochs));
      if (epoch !== this.shown()) this.show(epoch, true);
      if (seconds >= findDuration(epochs)) this.finish();
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
    this.tell();
  }

  finish() {
    this.played = true;
    this.pause();
  }

  pause() {
    this.playing = false;
    this.rest();
    this.tell();
    this.save();
  }

  jump(epoch, moving = false) {
    this.playing = false;
    this.show(epoch, moving);
  }

  // The address bar is the experiment and the chosen epoch: replaced, not pushed, so that Back leaves the page.
  save() {
    if (this.spec.link === null) return;
    const epoch = this.epoch === null || this.epoch >= this.spec.epochs ? "" : `epoch=${this.epoch}`;
    const query = [this.spec.link, epoch].filter(Boolean).join("&");
    const address = location.pathname + (query && `?${query}`) + location.hash;
    if (address !== location.pathname + location.search + location.hash) history.replaceState(history.state, "", address);
  }

  fit() {
    if (!window.Plotly || !this.theme) return;
    for (const [place, { plot }] of this.panels.entries()) {
      if (plot.clientWidth && plot.layout && plot.clientWidth !== plot.layout.width) {
        const { width, height, dragmode } = applyTheme(this.spec.panels[place].figure.layout, this.theme, plot.clientWidth);
        window.Plotly.relayout(plot, { width, height, dragmode });
      }
    }
  }

  remove() {
    this.playing = false;
    this.autoplay.end();
    clearTimeout(this.resting);
    this.sizes.disconnect();
    this.root.remove();
    this.panels.forEach(({ plot }) => window.Plotly?.purge(plot));
  }
}

function restyle(plot, moments, epoch) {
  const moves = [...moments.pictures(epoch), ...moments.lines(epoch)];
  if (!moves.length) return;
  // A value that is undefined leaves the trace as it is: a map has no new x, a line no new z.
  const changed = Object.fromEntries(["x", "y", "z", "hovertemplate"].map((name) => [name, moves.map((move) => move[name])]));
  window.Plotly.restyle(plot, changed, moves.map((move) => move.trace));
}
