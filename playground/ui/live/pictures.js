// A chart as a file to keep.

import { applyTheme } from "./charts.js";
import { wrapText } from "./labels.js";

const SIZE = { width: 900, height: 620 };
const PAPER = { text: "#16202e", ground: "#ffffff", border: "#808080", font: "sans-serif" };
const CAPTION_LETTERS = 125; // of a line
const CAPTION_LINE = 15; // pixels

// A picture stands by itself, so it has its title, its legend and its experiment inside, and dark words on white.
export async function savePicture(panel, format, { spec, hidden }) {
  const { title, figure } = panel.spec;
  const options = { ...SIZE, format, scale: format === "png" ? 2 : 1, imageDataOnly: true };
  const traces = panel.traces().map((trace) => ({ ...trace, showlegend: false }));
  const samples = figure.layout.scene ? [] : spec.legend.filter(({ group }) => !hidden.has(group)).map(makeSample);
  const layout = layOut(title, spec.caption, applyTheme(figure.layout, PAPER, SIZE.width), samples.length > 0);
  const content = await window.Plotly.toImage({ data: [...traces, ...samples], layout }, options);
  const bytes = format === "png" ? Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0)) : content;
  offerFile(bytes, format === "png" ? "image/png" : "image/svg+xml", `${spec.pictures}-${nameFile(title)}.${format}`);
}

// A chart's layout with its title and its caption above, and its legend below.
export function layOut(title, caption, layout, showlegend) {
  const lines = wrapText(caption, CAPTION_LETTERS);
  return {
    ...layout,
    ...SIZE,
    title: { text: title, x: 0.02, xanchor: "left", y: 0.97, yanchor: "top", subtitle: { text: lines, font: { size: 12 } } },
    showlegend,
    legend: { orientation: "h", y: -0.18 },
    paper_bgcolor: PAPER.ground,
    plot_bgcolor: PAPER.ground,
    margin: { l: Math.max(70, layout.margin.l), r: Math.max(30, layout.margin.r), t: 65 + CAPTION_LINE * lines.split("<br>").length, b: 60 },
  };
}

// The page's entry of a legend as a trace that shows nothing else.
function makeSample({ label, colour, dash, width, mark }) {
  const stroke = width && { line: { color: colour, dash, width } };
  const symbol = (mark || !width) && { marker: { color: colour, symbol: mark || dash, size: 9 } };
  const mode = [stroke && "lines", symbol && "markers"].filter(Boolean).join("+");
  return { type: "scatter", x: [null], y: [null], name: label, mode, ...stroke, ...symbol };
}

function nameFile(title) {
  return title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}

function offerFile(content, type, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
