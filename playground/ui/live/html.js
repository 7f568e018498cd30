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

// A template with its {names} filled in.
export function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

// Fills an element with an entry of a legend. How its stroke is dashed and its symbol is drawn comes with it, as SVG
// writes that.
export function fillEntry(target, { label, colour, width, dashes, symbol, open }) {
  const stroke = width ? `<line x1="1" y1="7" x2="35" y2="7" stroke="${colour}" stroke-width="${width}" stroke-dasharray="${dashes}"/>` : "";
  const look = open ? `fill="none" stroke="${colour}" stroke-width="1.5"` : `fill="${colour}"`;
  const mark = symbol ? `<path d="${symbol}" ${look}/>` : "";
  target.innerHTML = `<svg width="36" height="14" aria-hidden="true">${stroke}${mark}</svg>`; // all but the label is ours
  target.append(label);
  return target;
}

// A measured number with so many significant digits: the rule of Python's `playground.text.numbers.number`.
export function number(value, digits = 3) {
  if (value === 0) return "0";
  const [mantissa, power] = value.toExponential(digits - 1).split("e");
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return `${mantissa} × 10${raise(power)}`.replace("-", "−");
  const [whole, decimals] = size.toFixed(Math.max(0, digits - 1 - Number(power))).split(".");
  const grouped = Number(whole).toLocaleString("en");
  return `${value < 0 ? "−" : ""}${grouped}${decimals ? `.${decimals}` : ""}`;
}

function raise(power) {
  return power.replace("+", "").replace(/./g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);
}
