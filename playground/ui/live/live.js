// Draws Plotly figures in place and replays their frames, without asking the server.
// The numbers, the words and the figures come from Python; nothing is computed here but which row to show.

const PLAY_SECONDS = 6;
const instances = new WeakMap();
let plotly = null;

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

function loadPlotly(url) {
  plotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => { plotly = null; reject(new Error("The charts could not be loaded. Reload the page.")); };
    document.head.append(script);
  });
  return plotly;
}

class Live {
  constructor(parent) {
    this.root = element("div", "live");
    this.bar = new Bar(this);
    this.grid = element("div", "live-panels");
    this.reading = element("p", "live-reading");
    this.legend = element("ul", "live-legend");
    this.pictures = element("p", "live-pictures");
    this.root.append(this.bar.root, this.legend, this.grid, this.reading, this.pictures);
    parent.append(this.root);
    this.panels = [];
    this.epoch = null; // null: the end, wherever that is
    this.playing = false;
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(this.root);
  }

  update(data) {
    const text = new TextDecoder().decode(data);
    const theme = themeOf(this.root);
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
    for (const panel of this.spec.panels) {
      for (const track of panel.tracks) {
        track.rows = decode(track.rows);
        track.across = track.across && decode(track.across);
      }
      panel.films.forEach((film) => { film.maps = decode(film.maps); film.shades = shades(film.low, film.high); });
      for (const reveal of panel.reveals) {
        // When each point of the trace is reached: its x, or the epochs that come with it.
        const { x, y, z } = panel.figure.data[reveal.trace];
        const at = decode(reveal.epochs ?? x);
        Object.assign(reveal, { x: decode(x), y: decode(y), at }, z && { z: decode(z) });
      }
    }
    if (first) this.epoch = this.spec.epoch;
    this.save();
    this.draw();
  }

  async draw() {
    try {
      const Plotly = await loadPlotly(new URL(this.spec.plotly, document.baseURI).href);
      this.makePanels();
      this.drawLegend();
      const widths = this.panels.map(({ plot }) => plot.clientWidth);
      await Promise.all(this.panels.map((panel, place) => {
        const { figure, title, description } = this.spec.panels[place];
        panel.title.textContent = title;
        panel.plot.setAttribute("aria-label", description);
        const data = this.at(this.spec.panels[place], this.shown());
        return drawZoomed(panel, data, themed(figure.layout, this.theme, widths[place]));
      }));
      this.offerPictures();
      this.root.dataset.drawn = this.spec.version;
      this.tell();
    } catch (error) {
      this.root.classList.add("live-failed");
      this.reading.textContent = error.message;
    }
  }

  makePanels() {
    while (this.panels.length < this.spec.panels.length) {
      const root = element("section", "live-panel");
      const title = element("h3", "live-title");
      const plot = element("div", "live-plot");
      plot.setAttribute("role", "figure");
      root.append(title, plot);
      this.grid.append(root);
      const panel = { root, title, plot, given: null };
      panel.reset = () => window.Plotly.relayout(plot, shownWhole(panel.given));
      panel.config = config(panel.reset);
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

  offerPictures() {
    const said = JSON.stringify([this.spec.pictures, this.spec.panels.map(({ title }) => title)]);
    if (said === this.pictures.dataset.said) return;
    this.pictures.dataset.said = said;
    if (!this.spec.pictures) return void this.pictures.replaceChildren();
    const offers = this.spec.panels.map(({ title }, place) => {
      const offer = element("span", "live-offer");
      const kinds = ["svg", "png"].map((kind) => (
        button(kind.toUpperCase(), "live-picture", () => this.savePicture(place, kind), `Save ${title} as ${kind.toUpperCase()}`)));
      offer.append(`${title} `, ...kinds);
      return offer;
    });
    this.pictures.replaceChildren("Save as a picture: ", ...offers);
  }

  // A picture stands by itself, so it has its title and legend inside, and dark words on white.
  async savePicture(place, format) {
    const panel = this.spec.panels[place];
    const { clientWidth } = this.panels[place].plot;
    const paper = { text: "#16202e", ground: "#ffffff", border: "#808080", font: "sans-serif" };
    const layout = { ...themed(panel.figure.layout, paper, clientWidth), title: { text: panel.title }, showlegend: true, legend: { orientation: "h", y: -0.22 } };
    Object.assign(layout, { width: 900, height: 560, paper_bgcolor: paper.ground, plot_bgcolor: paper.ground, margin: { l: 70, r: 20, t: 50, b: 60 } });
    const content = await window.Plotly.toImage({ data: this.at(panel, this.shown()), layout }, { format, width: 900, height: 560, scale: format === "png" ? 2 : 1, imageDataOnly: true });
    const bytes = format === "png" ? Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0)) : content;
    const link = element("a", "");
    link.href = URL.createObjectURL(new Blob([bytes], { type: format === "png" ? "image/png" : "image/svg+xml" }));
    link.download = `${this.spec.pictures}-${panel.title.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.${format}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  drawLegend() {
    const said = JSON.stringify(this.spec.legend);
    if (said === this.legend.dataset.said) return;
    this.legend.dataset.said = said;
    this.legend.replaceChildren(...this.spec.legend.map(legendEntry));
  }

  // The traces of a panel as they stand at an epoch.
  at(panel, epoch) {
    const traces = panel.figure.data.map((trace) => ({ ...trace }));
    for (const { trace, ...values } of this.moves(panel, epoch)) Object.assign(traces[trace], values);
    return traces;
  }

  // What changes in a panel at an epoch: for each moving trace its new x and y, or its new z.
  moves(panel, epoch) {
    const frame = before(this.frames, epoch);
    const films = panel.films.flatMap((film) => {
      const z = picture(film, frame);
      return film.traces.map((trace) => ({ trace, z }));
    });
    const tracks = panel.tracks.map(({ trace, rows, across }) => {
      const { x, y } = panel.figure.data[trace];
      if (epoch >= this.spec.epochs) return { trace, x, y };
      if (across) return { trace, x: row(across, frame), y: row(rows, frame) };
      return { trace, x, y: spread(row(rows, frame), values(x).length) };
    });
    const moved = [...films, ...tracks];
    const revealed = panel.reveals.map(({ trace, at, x, y, z }) => {
      const stop = before(at, epoch) + 1;
      return { trace, x: x.subarray(0, stop), y: y.subarray(0, stop), ...(z && { z: z.subarray(0, stop) }) };
    });
    if (panel.tips === null) return [...moved, ...revealed];
    const last = (name) => revealed.map((reveal) => reveal[name].at(-1) ?? null);
    const deep = revealed.some((reveal) => reveal.z) && { z: last("z") };
    return [...moved, ...revealed, { trace: panel.tips, x: last("x"), y: last("y"), ...deep }];
  }

  shown() {
    return this.epoch === null ? this.spec.epochs : Math.min(this.epoch, this.spec.epochs);
  }

  show(epoch) {
    this.epoch = epoch >= this.spec.epochs ? null : Math.max(0, epoch);
    if (!window.Plotly || !this.panels.length) return;
    for (const [place, { plot }] of this.panels.entries()) {
      const moves = this.moves(this.spec.panels[place], this.shown());
      if (!moves.length) continue;
      // A value that is undefined leaves the trace as it is: a map has no new x, a line no new z.
      const changed = Object.fromEntries(["x", "y", "z"].map((name) => [name, moves.map((move) => move[name])]));
      window.Plotly.restyle(plot, changed, moves.map((move) => move.trace));
    }
    this.tell();
  }

  // The epoch and each loss at it, in words and in the slider.
  tell() {
    const epoch = this.shown();
    this.bar.tell(epoch, this.spec.epochs, this.playing);
    const parts = this.spec.labels.map((label, place) => {
      const reading = this.readings[place];
      if (!epoch) return null;
      const value = epoch <= reading.length ? number(reading[epoch - 1]) : "diverged";
      return `${label} ${value}`;
    }).filter(Boolean);
    const kept = this.frames[before(this.frames, epoch)];
    const note = kept === epoch || epoch === this.spec.epochs ? "" : ` The fitted curves are those of epoch ${kept}.`;
    this.reading.textContent = parts.length
      ? `Loss at epoch ${epoch.toLocaleString("en")}: ${parts.join(" · ")}.${note}`
      : "Epoch 0: the model before its first step, the same for every loss.";
    this.root.dataset.epoch = epoch;
  }

  play() {
    if (this.shown() >= this.spec.epochs) this.show(0);
    this.playing = true;
    // The first epochs move most, so they are played slowly: the epoch grows like an exponential of time.
    const total = this.spec.epochs;
    let clock = Math.log1p(this.shown()) / Math.log1p(total);
    let last = performance.now();
    const step = (now) => {
      if (!this.playing) return;
      clock += ((now - last) / 1000 / PLAY_SECONDS) * this.bar.speed();
      last = now;
      const epoch = Math.min(total, Math.max(this.shown(), Math.round(Math.expm1(clock * Math.log1p(total)))));
      if (epoch !== this.shown()) this.show(epoch);
      if (this.shown() >= total) this.pause();
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
    this.tell();
  }

  pause() {
    this.playing = false;
    this.tell();
    this.save();
  }

  jump(epoch) {
    this.playing = false;
    this.show(epoch);
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
        const { width, height, dragmode } = themed(this.spec.panels[place].figure.layout, this.theme, plot.clientWidth);
        window.Plotly.relayout(plot, { width, height, dragmode });
      }
    }
  }

  remove() {
    this.playing = false;
    this.sizes.disconnect();
    this.root.remove();
    this.panels.forEach(({ plot }) => window.Plotly?.purge(plot));
  }
}

class Bar {
  constructor(live) {
    this.live = live;
    this.root = element("div", "live-bar");
    this.train = button("Train", "live-train", () => (live.playing ? live.pause() : live.play()));
    this.back = button("−1", "live-step", () => { live.jump(live.shown() - 1); live.save(); }, "One epoch back");
    this.forth = button("+1", "live-step", () => { live.jump(live.shown() + 1); live.save(); }, "One epoch on");
    this.slider = element("input", "live-slider");
    Object.assign(this.slider, { type: "range", min: 0, step: 1 });
    this.slider.setAttribute("aria-label", "Epoch");
    this.slider.oninput = () => live.jump(Number(this.slider.value));
    this.slider.onchange = () => live.save();
    this.counter = element("output", "live-counter");
    this.pace = element("select", "live-pace");
    this.pace.setAttribute("aria-label", "Speed");
    for (const speed of [0.25, 0.5, 1, 2, 4]) this.pace.add(new Option(`${speed} ×`, speed, speed === 1, speed === 1));
    this.root.append(this.train, this.back, this.forth, this.slider, this.counter, this.pace);
  }

  speed() { return Number(this.pace.value); }

  tell(epoch, epochs, playing) {
    this.train.textContent = playing ? "❚❚ Pause" : "▶ Train";
    this.slider.max = epochs;
    this.slider.value = epoch;
    this.slider.setAttribute("aria-valuetext", `epoch ${epoch} of ${epochs}`);
    const width = epochs.toLocaleString("en").length;
    this.counter.textContent = `epoch ${epoch.toLocaleString("en").padStart(width, "\u2007")} / ${epochs.toLocaleString("en")}`;
  }
}

// Plotly's own reset goes back to the ranges of the first drawing, whose data may be long gone: ours to the present
// ones. One configuration for each plot, for as long as it lives: at another one Plotly would draw all anew.
function config(reset) {
  return {
    displaylogo: false,
    displayModeBar: touch() ? false : "hover",
    doubleClick: false,
    modeBarButtonsToRemove: ["sendChartToCloud", "select2d", "lasso2d", "autoScale2d", "resetScale2d"],
    modeBarButtonsToAdd: [{ name: "reset", title: "Show all", icon: window.Plotly.Icons.home, click: reset }],
  };
}

// Draws a panel, and keeps the ranges that the visitor has zoomed to, axis by axis.
async function drawZoomed(panel, data, layout) {
  const { plot, given } = panel;
  panel.given = Object.fromEntries(Object.entries(layout).filter(([name, part]) => /^[xy]axis$/.test(name) && part.range));
  const kept = Object.entries(panel.given).map(([name, axis]) => {
    const now = plot._fullLayout?.[name];
    const zoomed = now && given?.[name] && now.type === (axis.type ?? "linear") && !near(now.range, given[name].range);
    return [name, { ...axis, range: zoomed ? [...now.range] : [...axis.range] }];
  });
  await window.Plotly.react(plot, data, { ...layout, ...Object.fromEntries(kept) }, panel.config);
  if (!given) {
    plot.on("plotly_doubleclick", panel.reset);
    plot.on("plotly_click", panel.click);
  }
}

function shownWhole(given) {
  return Object.fromEntries(Object.entries(given).map(([name, axis]) => [`${name}.range`, [...axis.range]]));
}

function near(one, other) {
  return one.every((value, place) => Math.abs(value - other[place]) < 1e-6 * (Math.abs(other[1] - other[0]) || 1));
}

function element(tag, className) {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}

function button(text, className, onclick, label = null) {
  const made = element("button", className);
  made.type = "button";
  made.textContent = text;
  if (label) made.setAttribute("aria-label", label);
  made.onclick = onclick;
  return made;
}

const DASHES = { solid: "none", dash: "9 6", dot: "2 4", dashdot: "9 4 2 4", longdash: "14 5" };
const DOTS = { square: '<rect x="14" y="3" width="8" height="8" fill="COLOUR"/>', circle: '<circle cx="18" cy="7" r="4" fill="COLOUR"/>', diamond: '<path d="M18 2l5 5-5 5-5-5z" fill="none" stroke="COLOUR" stroke-width="1.5"/>', star: '<path d="M18 1l1.8 4 4.2.4-3.2 2.8 1 4.2-3.8-2.3-3.8 2.3 1-4.2-3.2-2.8 4.2-.4z" fill="COLOUR"/>' };

function legendEntry({ label, colour, dash, width }) {
  const entry = element("li", "live-entry");
  const drawing = width
    ? `<line x1="1" y1="7" x2="35" y2="7" stroke="${colour}" stroke-width="${width}" stroke-dasharray="${DASHES[dash] ?? dash.replaceAll("px", "")}"/>`
    : DOTS[dash].replace("COLOUR", colour);
  entry.innerHTML = `<svg width="36" height="14" aria-hidden="true">${drawing}</svg>`; // colours and dashes are ours
  entry.append(label);
  return entry;
}

// A base64 array as Plotly writes it; `width` is the length of a row if it has two dimensions.
function decode({ dtype, bdata, shape }) {
  const bytes = Uint8Array.fromBase64?.(bdata) ?? Uint8Array.from(atob(bdata), (letter) => letter.charCodeAt(0));
  const Kind = { f4: Float32Array, f8: Float64Array, i4: Int32Array, i2: Int16Array, i1: Int8Array, u1: Uint8Array, u2: Uint16Array }[dtype];
  const array = new Kind(bytes.buffer);
  if (shape) [array.height, array.width] = shape.split(",").slice(-2).map(Number);
  return array;
}

function row(rows, frame) {
  return rows.subarray(frame * rows.width, (frame + 1) * rows.width);
}

// The 256 values that a film's numbers stand for.
function shades(low, high) {
  return Float32Array.from({ length: 256 }, (_, shade) => low + ((high - low) * shade) / 255);
}

// One map of a film, as Plotly takes a z: a list of rows.
function picture({ maps, shades }, frame) {
  const { height, width } = maps;
  const first = Math.min(frame * height * width, maps.length - height * width);
  return Array.from({ length: height }, (_, line) => (
    Float32Array.from({ length: width }, (_, place) => shades[maps[first + line * width + place]])));
}

function values(array) {
  return array.bdata ? decode(array) : array;
}

// The place of the last entry that is not after `value`; -1 if all are.
function before(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1; else high = middle;
  }
  return low - 1;
}

// A row over `length` evenly spaced places; two values are the ends of a straight line.
function spread(row, length) {
  if (row.length === length) return row;
  return Float32Array.from({ length }, (_, place) => row[0] + ((row[1] - row[0]) * place) / (length - 1));
}

function number(value) {
  if (value === 0) return "0";
  return Math.abs(value) >= 1e-3 && Math.abs(value) < 1e6
    ? value.toLocaleString("en", { maximumSignificantDigits: 4 })
    : value.toExponential(2);
}

function themeOf(root) {
  const style = getComputedStyle(root);
  const read = (token) => style.getPropertyValue(`--st-${token}`).trim();
  return { text: read("text-color"), ground: read("background-color"), border: read("border-color"), font: read("font") };
}

// Plotly knows no color-mix().
function translucent(colour, opacity) {
  const [red, green, blue] = [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16));
  return `rgba(${red}, ${green}, ${blue}, ${opacity})`;
}

const touch = () => matchMedia("(pointer: coarse)").matches;

function themed(layout, theme, width) {
  const faint = translucent(theme.text, 0.14);
  const axis = (own) => own && { ...own, gridcolor: faint, linecolor: faint };
  const scene = layout.scene && { ...layout.scene };
  for (const name of ["xaxis", "yaxis", "zaxis"]) if (scene) scene[name] = { ...axis(scene[name]), zerolinecolor: faint };
  const narrow = width < 480;
  return {
    ...layout,
    width,
    height: narrow ? 330 : layout.height,
    dragmode: touch() ? false : "zoom", // on a phone a finger scrolls the page
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: theme.text, family: theme.font, size: 13 },
    hoverlabel: { bgcolor: theme.ground, bordercolor: theme.border, font: { color: theme.text } },
    ...(layout.xaxis && { xaxis: axis(layout.xaxis) }),
    ...(layout.yaxis && { yaxis: axis(layout.yaxis) }),
    ...(scene && { scene }),
  };
}
