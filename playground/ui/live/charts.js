// Plotly's charts: loaded once, in the page's colours, and drawn anew without losing the zoom.

import { makeReadable, makeTranslucent } from "./colours.js";

let plotly = null;

export class MissingScript extends Error {}

export function loadPlotly() {
  plotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL("plotly.min.js", import.meta.url).href;
    script.onload = () => (window.Plotly ? resolve(window.Plotly) : script.onerror());
    script.onerror = () => { plotly = null; reject(new MissingScript(script.src)); };
    document.head.append(script);
  });
  return plotly;
}

// Plotly's own tools would be a stop of the Tab key each, and its reset would go back to the ranges of the first drawing:
// ours are in `toolbar.js`. One configuration for all: at another one Plotly would draw all anew.
const CONFIG = { displaylogo: false, displayModeBar: false, doubleClick: false };

// Draws a panel, and keeps the ranges that the visitor has zoomed to, axis by axis.
export async function drawZoomed(panel, data, layout) {
  const { plot, given } = panel;
  panel.given = Object.fromEntries(Object.entries(layout).filter(([name, part]) => /^[xy]axis$/.test(name) && part.range));
  const kept = Object.entries(panel.given).map(([name, axis]) => {
    const now = plot._fullLayout?.[name];
    const zoomed = now && given?.[name] && now.type === (axis.type ?? "linear") && !isSameRange(now.range, given[name].range);
    return [name, { ...axis, range: zoomed ? [...now.range] : [...axis.range] }];
  });
  await window.Plotly.react(plot, data, { ...layout, ...Object.fromEntries(kept) }, CONFIG);
  if (!given) {
    plot.on("plotly_doubleclick", () => panel.reset());
    plot.on("plotly_click", (event) => panel.click(event));
  }
}

export function listFullRanges(given) {
  return Object.fromEntries(Object.entries(given).map(([name, axis]) => [`${name}.range`, [...axis.range]]));
}

function isSameRange(one, other) {
  return one.every((value, place) => Math.abs(value - other[place]) < 1e-6 * (Math.abs(other[1] - other[0]) || 1));
}

export function readTheme(root) {
  const style = getComputedStyle(root);
  const read = (token) => style.getPropertyValue(`--st-${token}`).trim();
  return { text: read("text-color"), ground: read("background-color"), border: read("border-color"), font: read("font") };
}

export const isTouchScreen = () => matchMedia("(pointer: coarse)").matches;

export function applyTheme(layout, theme, width) {
  const faint = makeTranslucent(theme.text, 0.14);
  const axis = (own) => own && { ...own, gridcolor: faint, linecolor: faint };
  const scene = layout.scene && { ...layout.scene };
  for (const name of ["xaxis", "yaxis", "zaxis"]) if (scene) scene[name] = { ...axis(scene[name]), zerolinecolor: faint };
  const narrow = width < 480;
  const notes = layout.annotations?.map((note) => ({ ...note, font: { ...note.font, color: makeReadable(note.font.color, theme) } }));
  return {
    ...layout,
    width,
    height: narrow ? 330 : layout.height,
    dragmode: isTouchScreen() ? false : scene ? "turntable" : "zoom", // on a phone a finger scrolls the page
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: theme.text, family: theme.font, size: 13 },
    hoverlabel: { bgcolor: theme.ground, bordercolor: theme.border, font: { color: theme.text }, namelength: -1 },
    ...(layout.xaxis && { xaxis: axis(layout.xaxis) }),
    ...(layout.yaxis && { yaxis: axis(layout.yaxis) }),
    ...(scene && { scene }),
    ...(notes && { annotations: notes }),
  };
}
