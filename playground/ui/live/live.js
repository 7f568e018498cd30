// Draws Plotly figures in place and replays their frames, without asking the server.
// The numbers, the words and the figures come from Python; nothing is computed here but which row to show.

import { decode, findLast } from "./arrays.js";
import { firstEpoch, keepEpoch } from "./address.js";
import { Autoplay } from "./autoplay.js";
import { Bar } from "./bar.js";
import { MissingScript, loadPlotly, readTheme } from "./charts.js";
import { element, fill, number } from "./html.js";
import { Legend } from "./legend.js";
import { Moments } from "./moments.js";
import { findDuration, findEpoch, findSeconds } from "./pace.js";
import { Panel } from "./panel.js";

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
    this.legend = new Legend(this);
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
    const visit = this.spec?.visit;
    this.spec = JSON.parse(text);
    this.root.classList.toggle("live-still", !this.spec.epochs);
    this.root.classList.toggle("live-small", this.spec.small);
    this.root.classList.toggle("live-columns", this.spec.columns > 0);
    this.grid.style.setProperty("--columns", this.spec.columns || 1);
    this.root.classList.toggle("live-many", this.spec.panels.length > 2);
    this.frames = decode(this.spec.frames);
    this.readings = this.spec.readings.map(decode);
    this.moments = this.spec.panels.map((panel) => new Moments(panel, this.frames, this.spec.epochs, this.spec.words));
    this.moments.forEach((moments) => moments.hide(this.legend.hidden));
    this.played = false;
    if (first) this.begin();
    else this.autoplay.giveWay();
    if (first || this.spec.visit !== visit) this.arrive();
    this.save();
    if (first && this.autoplay.prepare(this.spec.autoplay)) this.epoch = 0;
    this.draw();
  }

  begin() {
    this.bar = new Bar(this, this.spec.words);
    this.root.append(this.bar.root, this.legend.root, this.grid, this.reading);
  }

  // The chart is new, or Back or Forward has led to another address.
  arrive() {
    const { epoch, visit } = this.spec;
    this.playing = false;
    this.epoch = visit ? firstEpoch(epoch, visit) : epoch;
  }

  async draw() {
    try {
      await loadPlotly();
      this.makePanels();
      this.legend.draw(this.spec);
      const widths = this.panels.map(({ plot }) => plot.clientWidth);
      await Promise.all(this.panels.map((panel, place) => (
        panel.redraw(this.spec.panels[place], this.moments[place], this.theme, widths[place]))));
      this.root.classList.remove("live-failed");
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

  makePanels() {
    while (this.panels.length < this.spec.panels.length) {
      const panel = new Panel(this, this.panels.length);
      this.grid.append(panel.root);
      this.panels.push(panel);
    }
    this.panels.splice(this.spec.panels.length).forEach((panel) => panel.root.remove());
  }

  clicked(point) {
    if (this.spec.clicks) this.component.setTriggerValue("clicked", point);
  }

  // Draw anew without what the legend hides by now.
  hide() {
    this.panels.forEach((panel) => panel.hide(this.legend.hidden));
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
      if (!moving || !panel.tryRedraw()) panel.settle();
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
    this.panels.forEach((panel) => panel.settle());
    this.moving(this.playing);
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

  // The address holds the chosen epoch, too.
  save() {
    const { visit, epochs } = this.spec;
    if (visit) keepEpoch(this.epoch === null || this.epoch >= epochs ? null : this.epoch, visit);
  }

  fit() {
    if (window.Plotly && this.theme) this.panels.forEach((panel) => panel.fit(this.theme));
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
