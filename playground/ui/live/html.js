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
const DOTS = { triangle: '<path d="M18 2l6 10h-12z" fill="COLOUR"/>', square: '<rect x="14" y="3" width="8" height="8" fill="COLOUR"/>', circle: '<circle cx="18" cy="7" r="4" fill="COLOUR"/>', diamond: '<path d="M18 2l5 5-5 5-5-5z" fill="none" stroke="COLOUR" stroke-width="1.5"/>', star: '<path d="M18 1l1.8 4 4.2.4-3.2 2.8 1 4.2-3.8-2.3-3.8 2.3 1-4.2-3.2-2.8 4.2-.4z" fill="COLOUR"/>' };

export function legendEntry({ label, colour, dash, width }) {
  const entry = element("li", "live-entry");
  const drawing = width
    ? `<line x1="1" y1="7" x2="35" y2="7" stroke="${colour}" stroke-width="${width}" stroke-dasharray="${DASHES[dash] ?? dash.replaceAll("px", "")}"/>`
    : DOTS[dash].replace("COLOUR", colour);
  entry.innerHTML = `<svg width="36" height="14" aria-hidden="true">${drawing}</svg>`; // colours and dashes are ours
  entry.append(label);
  return entry;
}

export function number(value) {
  if (value === 0) return "0";
  return Math.abs(value) >= 1e-3 && Math.abs(value) < 1e6
    ? value.toLocaleString("en", { maximumSignificantDigits: 4 })
    : value.toExponential(2);
}
