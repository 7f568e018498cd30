// What Streamlit's controls do not have: help by key, a box for typed values, marks on a slider, folds that say so.
//
// It leans on Streamlit's markup: the class `st-key-…` round a widget with a key, which is documented, and the names in
// NAMES, which are not. A test looks for each of them, so that a new version of Streamlit is noticed.

export const NAMES = {
  slider: "[data-testid=stSlider]",
  range: "input[type=range]",
  track: "[role=group] > [data-orientation]",
  help: "[data-testid=stTooltipIcon] button",
  label: "[data-testid=stWidgetLabel]",
  group: "[role=radiogroup], [role=toolbar], [role=group], input, textarea",
  fold: "[class*=st-key-fold_] [data-testid^=stBaseButton]",
};
const PAUSE = 60; // milliseconds in which what comes together is looked at together
const OPENS_BOX = /^[-−.,\d]$/;

let send = () => {};
let told = { words: {}, helps: {}, signed: [] };
let waiting = 0;

/** The component's entry: called for the side panel, whenever that is drawn. */
export function furnish({ data, setTriggerValue }) {
  told = data;
  send = (key, text) => setTriggerValue("typed", { key, text });
  watchPage();
  furnishAll();
}

function watchPage() {
  if (watchPage.done) return;
  watchPage.done = true;
  const isOfChart = ({ target }) => target.nodeType === Node.ELEMENT_NODE && target.closest(".live");
  const look = (changes) => { if (!changes.every(isOfChart)) waiting ||= setTimeout(furnishAll, PAUSE); };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("focusout", hideHelp);
}

function furnishAll() {
  clearTimeout(waiting);
  waiting = 0;
  for (const button of document.querySelectorAll(NAMES.help)) if (button.tabIndex !== -1) button.tabIndex = -1;
  for (const slider of document.querySelectorAll(NAMES.slider)) if (keyOf(slider)) addBox(slider);
  for (const widget of document.querySelectorAll("[class*=st-key-]")) describe(widget, told.helps[keyOf(widget)]);
  for (const button of document.querySelectorAll(NAMES.fold)) tellWhetherOpen(button);
  drawMarks();
}

/** The key of the widget that an element is in. */
export function keyOf(element) {
  const widget = element.closest("[class*=st-key-]");
  return widget ? [...widget.classList].find((name) => name.startsWith("st-key-")).slice("st-key-".length) : "";
}

function widgetOf(key) {
  return document.querySelector(`.st-key-${CSS.escape(key)}`);
}

function set(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

// Help.

function describe(widget, help) {
  const control = help && (widget.querySelector(NAMES.range) ?? widget.querySelector(NAMES.group));
  if (!control) return;
  const hint = control.matches(NAMES.range) ? `${told.words.hint} ` : "";
  set(control, "aria-description", `${help}${/[.?!]$/.test(help) ? "" : "."} ${hint}${told.words.help}`);
}

function onKey(event) {
  hideHelp();
  const { target, key } = event;
  if (key === "F1" || (key === "?" && !isWritten(target))) {
    const found = keyOf(target);
    if (!told.helps[found]) return;
    event.preventDefault();
    showHelp(found);
  } else if (target.matches?.(`${NAMES.slider} ${NAMES.range}`)) {
    openBox(event);
  }
}

function isWritten(element) {
  return element.matches?.("textarea, input:not([type=range], [type=checkbox], [type=radio])") ?? false;
}

function showHelp(key) {
  const bubble = document.createElement("div");
  bubble.className = "control-help";
  bubble.setAttribute("role", "status");
  bubble.textContent = told.helps[key];
  document.body.append(bubble);
  const { left, bottom } = widgetOf(key).getBoundingClientRect();
  bubble.style.left = `${Math.max(8, Math.min(left, innerWidth - bubble.offsetWidth - 8))}px`;
  bubble.style.top = `${Math.max(8, Math.min(bottom + 4, innerHeight - bubble.offsetHeight - 8))}px`;
}

function hideHelp() {
  document.querySelector(".control-help")?.remove();
}

// Typed values.

function addBox(slider) {
  const range = slider.querySelector(NAMES.range);
  if (!range) return;
  let box = slider.querySelector(".typed-value");
  if (!box) {
    box = document.createElement("input");
    box.type = "text";
    box.className = "typed-value";
    box.tabIndex = -1; // a digit typed on the slider leads here
    box.autocomplete = "off";
    box.maxLength = 40;
    box.setAttribute("enterkeyhint", "done");
    box.addEventListener("focus", () => box.select());
    box.addEventListener("keydown", onBoxKey);
    box.addEventListener("blur", () => takeBox(box));
    slider.append(box);
  }
  const name = slider.querySelector(NAMES.label)?.innerText.trim() ?? "";
  set(box, "aria-label", told.words.box.replace("{label}", name));
  set(box, "inputmode", told.signed.includes(keyOf(slider)) ? "text" : "decimal");
  if (box.range !== range) followRange(box, range);
  box.disabled = range.disabled;
}

function followRange(box, range) {
  box.watcher?.disconnect();
  box.range = range;
  const show = () => {
    box.disabled = range.disabled;
    if (document.activeElement !== box) box.value = range.getAttribute("aria-valuetext");
  };
  box.watcher = new MutationObserver(show);
  box.watcher.observe(range, { attributes: true, attributeFilter: ["aria-valuetext", "disabled"] });
  show();
}

/** On a slider a digit begins a value, and Enter changes the one that is there. */
function openBox(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const box = event.target.closest(NAMES.slider).querySelector(".typed-value");
  if (!box || box.disabled || !(event.key === "Enter" || OPENS_BOX.test(event.key))) return;
  event.preventDefault();
  event.stopPropagation();
  box.focus();
  if (event.key === "Enter") return;
  box.value = event.key;
  box.setSelectionRange(1, 1);
}

function onBoxKey(event) {
  event.stopPropagation();
  const box = event.currentTarget;
  if (event.key === "Escape") box.value = box.range.getAttribute("aria-valuetext");
  if (event.key === "Enter" || event.key === "Escape") box.range.focus(); // which takes the value, as it leaves the box
}

function takeBox(box) {
  const shown = box.range.getAttribute("aria-valuetext");
  const text = box.value.trim();
  box.value = shown; // until the slider says that it was taken
  if (text && text !== shown) send(keyOf(box), text);
}

// Folds.

function tellWhetherOpen(button) {
  set(button, "aria-expanded", String(Boolean(widgetOf(`${keyOf(button)}_body`))));
}

// Marks.

function drawMarks() {
  const source = document.querySelector(".rate-marks[data-marks]");
  const { key, marks, notes } = source ? JSON.parse(source.dataset.marks) : { key: "", marks: [], notes: [] };
  const slider = key && widgetOf(key)?.querySelector(NAMES.slider);
  const version = slider ? source.dataset.marks : "";
  for (const old of document.querySelectorAll("[data-of-marks]")) {
    if (old.dataset.ofMarks !== version || !slider.contains(old)) old.remove();
  }
  if (!slider || slider.querySelector("[data-of-marks]")) return;
  const track = slider.querySelector(NAMES.track);
  for (const mark of marks) track?.append(makeTick(mark, version));
  const lines = marks.map((mark, index) => makeLine(key, mark, index ? [] : mark.steps, version));
  slider.append(...lines, ...notes.map((text) => makeLine(key, { text }, [], version)));
}

function makeTick({ place, text, colour }, version) {
  const tick = document.createElement("i");
  tick.className = "rate-tick";
  tick.title = text;
  tick.style.left = `${100 * place}%`;
  tick.style.setProperty("--mark", colour);
  tick.dataset.ofMarks = version;
  return tick;
}

/** A limit in words under its colour; the smallest has a button for either side of it. */
function makeLine(key, { text, colour }, steps, version) {
  const line = document.createElement("div");
  line.className = "rate-steps";
  line.dataset.ofMarks = version;
  line.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (colour) line.style.setProperty("--mark", colour);
  for (const [label, value] of steps) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label, title: value });
    button.addEventListener("click", () => send(key, value));
    line.append(button);
  }
  return line;
}
