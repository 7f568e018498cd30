// The charts as files to keep: a line of buttons, two for each chart.

import { applyTheme } from "./charts.js";
import { button, element } from "./html.js";

const SIZE = { width: 900, height: 560 };

export class Pictures {
  constructor(live) {
    this.live = live;
    this.root = element("p", "live-pictures");
  }

  offer() {
    const { pictures, panels } = this.live.spec;
    const offered = JSON.stringify([pictures, panels.map(({ title }) => title)]);
    if (offered === this.root.dataset.offered) return;
    this.root.dataset.offered = offered;
    if (!pictures) return void this.root.replaceChildren();
    this.root.replaceChildren("Save as a picture: ", ...panels.map(({ title }, place) => this.makeOffer(title, place)));
  }

  makeOffer(title, place) {
    const offer = element("span", "live-offer");
    const kinds = ["svg", "png"].map((kind) => (
      button(kind.toUpperCase(), "live-picture", () => this.save(place, kind), `Save ${title} as ${kind.toUpperCase()}`)));
    offer.append(`${title} `, ...kinds);
    return offer;
  }

  // A picture stands by itself, so it has its title and legend inside, and dark words on white.
  async save(place, format) {
    const { spec, panels, moments } = this.live;
    const { title, figure } = spec.panels[place];
    const paper = { text: "#16202e", ground: "#ffffff", border: "#808080", font: "sans-serif" };
    const layout = {
      ...applyTheme(figure.layout, paper, panels[place].plot.clientWidth),
      ...SIZE,
      title: { text: title },
      showlegend: spec.legend.length > 0,
      legend: { orientation: "h", y: -0.22 },
      paper_bgcolor: paper.ground,
      plot_bgcolor: paper.ground,
      margin: { l: 70, r: 20, t: 50, b: 60 },
    };
    const options = { ...SIZE, format, scale: format === "png" ? 2 : 1, imageDataOnly: true };
    const traces = moments[place].traces(this.live.shown()).map((trace) => ({ ...trace, showlegend: false }));
    const content = await window.Plotly.toImage({ data: [...traces, ...spec.legend.map(makeSample)], layout }, options);
    const bytes = format === "png" ? Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0)) : content;
    offerFile(bytes, format === "png" ? "image/png" : "image/svg+xml", `${spec.pictures}-${nameFile(title)}.${format}`);
  }
}

// The page's entry of a legend as a trace that shows nothing else.
function makeSample({ label, colour, dash, width, mark }) {
  const stroke = width && { line: { color: colour, dash, width } };
  const symbol = (mark || !width) && { marker: { color: colour, symbol: mark || dash, size: 9 } };
  const mode = [stroke && "lines", symbol && "markers"].filter(Boolean).join("+");
  return { type: "scatter", x: [null], y: [null], name: label, mode, ...stroke, ...symbol };
}

function nameFile(title) {
  return title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

function offerFile(content, type, name) {
  const link = element("a", "");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
