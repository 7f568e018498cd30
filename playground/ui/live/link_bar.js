// Undo, Redo and Copy link, at the head of every page: the browser does what they say, without asking the server.

import { listen } from "./address.js";
import { button, element, fill } from "./html.js";

const SHOWN = 6000; // milliseconds
const bars = new WeakMap();

export function render({ parentElement, data }) {
  if (!bars.has(parentElement)) bars.set(parentElement, new LinkBar(parentElement, data));
  const bar = bars.get(parentElement);
  return () => { bar.remove(); bars.delete(parentElement); };
}

// What an address holds, in words: `settings, losses, epoch 40, 2 kept runs`.
export function describeLink(search, words) {
  const query = new URLSearchParams(search);
  const kept = query.getAll("kept").length;
  const parts = [words.settings];
  if (query.has("epoch")) parts.push(fill(words.epoch, { epoch: Number(query.get("epoch")).toLocaleString("en") }));
  if (kept) parts.push(fill(kept === 1 ? words.kept_run : words.kept_runs, { count: kept }));
  if (query.has("tab") || query.has("open")) parts.push(words.open);
  return parts.join(", ");
}

// A narrow screen has room for the arrow only.
function makeArrow(arrow, word, onclick) {
  const made = button(`${arrow} `, "link-button", onclick, word);
  const label = element("span", "link-word");
  label.textContent = word;
  made.append(label);
  return made;
}

class LinkBar {
  constructor(parent, words) {
    this.words = words;
    this.root = element("div", "link-bar");
    this.undo = makeArrow("↶", words.undo, () => history.back());
    this.redo = makeArrow("↷", words.redo, () => history.forward());
    this.copy = button(words.copy, "link-button", () => this.copyLink());
    this.redo.classList.add("link-redo");
    this.undo.title = words.undo_help;
    this.redo.title = words.redo_help;
    this.said = element("p", "link-said");
    this.said.setAttribute("role", "status");
    this.field = element("input", "link-field");
    Object.assign(this.field, { readOnly: true, hidden: true, onfocus: () => this.field.select() });
    this.field.setAttribute("aria-label", words.copy);
    this.root.append(this.undo, this.redo, this.copy, this.said, this.field);
    parent.append(this.root);
    this.forget = listen((history) => this.tell(history));
    this.onUndo = (event) => { if (event.target.closest?.(".undo")) history.back(); };
    document.addEventListener("click", this.onUndo);
  }

  tell({ canUndo, canRedo }) {
    this.undo.disabled = !canUndo;
    this.redo.hidden = !canRedo;
  }

  async copyLink() {
    const what = describeLink(location.search, this.words);
    this.field.hidden = true;
    try {
      await navigator.clipboard.writeText(location.href);
      this.say(fill(this.words.copied, { what }));
    } catch { // refused, or a page without TLS, which has no clipboard
      this.say(fill(this.words.refused, { what }));
      this.field.value = location.href;
      this.field.hidden = false;
      this.field.focus();
      clearTimeout(this.silence);
    }
  }

  say(text) {
    clearTimeout(this.silence);
    this.said.textContent = text;
    this.silence = setTimeout(() => { this.said.textContent = ""; }, SHOWN);
  }

  remove() {
    clearTimeout(this.silence);
    this.forget();
    document.removeEventListener("click", this.onUndo);
    this.root.remove();
  }
}
