// The legend that the charts share: an entry is a button that hides and shows what it stands for.

import { element, fill, fillEntry } from "./html.js";
import { keepOnPage } from "./kept.js";

export class Legend {
  constructor(live) {
    this.live = live;
    this.root = element("ul", "live-legend");
  }

  // What is hidden, by the groups of entries: kept for as long as the page is open.
  get hidden() {
    const name = `hidden in ${this.live.spec.name}`;
    if (!keepOnPage().has(name)) keepOnPage().set(name, new Set());
    return keepOnPage().get(name);
  }

  draw({ legend, panels, words }) {
    const traces = panels.flatMap(({ figure }) => figure.data);
    const entries = legend.map((entry) => ({ ...entry, hides: traces.some((trace) => belongsTo(trace, entry.group)) }));
    const text = JSON.stringify(entries);
    if (text === this.drawn) return;
    this.drawn = text;
    this.root.setAttribute("aria-label", words.legend);
    this.root.replaceChildren(...entries.map((entry) => this.makeEntry(entry, words)));
  }

  makeEntry(entry, words) {
    const item = element("li", "live-item");
    const shown = element(entry.hides ? "button" : "span", "live-entry");
    fillEntry(shown, entry);
    item.append(shown);
    if (!entry.hides) return item;
    const show = () => shown.setAttribute("aria-pressed", !this.hidden.has(entry.group));
    Object.assign(shown, { type: "button", title: words.hides });
    shown.setAttribute("aria-label", fill(words.show_entry, entry)); // not the name of the button that chooses a loss
    shown.onclick = () => {
      if (!this.hidden.delete(entry.group)) this.hidden.add(entry.group);
      show();
      this.live.hide();
    };
    show();
    return item;
  }
}

// Whether a trace, or a point of it, is what an entry stands for.
export function belongsTo(trace, group) {
  return (trace.legendgroup ?? trace.name) === group || Boolean(trace.ids?.includes(group));
}

// A trace without what is hidden: not drawn at all, or single points of it made invisible.
export function hideTrace(trace, hidden) {
  if (isHidden(trace, hidden)) return { ...trace, visible: false };
  if (!trace.ids?.some((id) => hidden.has(id))) return trace;
  const opacity = trace.ids.map((id) => (hidden.has(id) ? 0 : 1));
  const texts = trace.text && { text: Array.from(trace.text, (text, place) => (opacity[place] ? text : "")) };
  return { ...trace, marker: { ...trace.marker, opacity }, ...texts };
}

export function isHidden(trace, hidden) {
  return hidden.has(trace.legendgroup ?? trace.name);
}
