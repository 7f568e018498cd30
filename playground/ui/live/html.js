// The small parts of a page that are made by hand.

export function element(tag, className) {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}

export function button(text, className, onclick, label = null) {
  const made = element("button", className);
  made.type = "button";
  made.textContent = text;
  if (label) made.setAttribute("aria-label", label);
  made.onclick = onclick;
  return made;
}

const DASHES = { solid: "none", dash: "9 6", dot: "2 4", dashdot: "9 4 2 4", longdash: "14 5" };

// Plotly's symbols, about the middle of an entry's stroke.
const MARKS = {
  circle: "M14 7a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
  square: "M14.5 3.5h7v7h-7z",
  diamond: "M18 2l5 5-5 5-5-5z",
  cross: "M16.5 2.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z",
  "triangle-up": "M18 2l5 9h-10z",
  star: "M18 1l1.8 4 4.2.4-3.2 2.8 1 4.2-3.8-2.3-3.8 2.3 1-4.2-3.2-2.8 4.2-.4z",
  hexagon: "M18 2.2l4.2 2.4v4.8l-4.2 2.4-4.2-2.4v-4.8z",
  x: "M15.5 2.5l2.5 2.5 2.5-2.5 2 2-2.5 2.5 2.5 2.5-2 2-2.5-2.5-2.5 2.5-2-2 2.5-2.5-2.5-2.5z",
  pentagon: "M18 2.2l4.8 3.5-1.8 5.6h-6l-1.8-5.6z",
  "triangle-down": "M18 12l5-9h-10z",
};

// A symbol by Plotly's name; an open one is its outline.
function symbol(name, colour) {
  const open = name.endsWith("-open");
  const look = open ? `fill="none" stroke="${colour}" stroke-width="1.5"` : `fill="${colour}"`;
  return `<path d="${MARKS[name.replace("-open", "")]}" ${look}/>`;
}

export function legendEntry({ label, colour, dash, width, mark }) {
  const entry = element("li", "live-entry");
  const drawing = width
    ? `<line x1="1" y1="7" x2="35" y2="7" stroke="${colour}" stroke-width="${width}" stroke-dasharray="${DASHES[dash] ?? dash.replaceAll("px", "")}"/>`
    : symbol(dash, colour);
  const marked = mark ? symbol(mark, colour) : "";
  entry.innerHTML = `<svg width="36" height="14" aria-hidden="true">${drawing}${marked}</svg>`; // colours and dashes are ours
  entry.append(label);
  return entry;
}

export function number(value) {
  if (value === 0) return "0";
  return Math.abs(value) >= 1e-3 && Math.abs(value) < 1e6
    ? value.toLocaleString("en", { maximumSignificantDigits: 4 })
    : powerOfTen(value);
}

function powerOfTen(value) {
  const [digits, power] = value.toExponential(2).split("e");
  const raised = power.replace("+", "").replace(/./g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);
  return `${digits} × 10${raised}`.replace("-", "−");
}
