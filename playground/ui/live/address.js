// The address bar and the history: each change of the settings is an entry, so that Back undoes it and Forward redoes it.
// What the address says comes from Python, but for the epoch, which the visitor chooses in the chart.

const QUIET = 500; // milliseconds: touches that follow each other faster are one change, such as a slider's steps

const listeners = new Set();
const undoable = new Map(); // by the place of an entry in the history: whether Back from it undoes a change of settings
const epochs = new Map(); // by the visit: the epoch that the visitor chose; null is the end
let component = null;
let text = ""; // what Python wrote, as it came
let written = null; // and as it was read, with the burst of touches that the last change came from
let burst = 0;
let touched = -Infinity;
let place = 0; // of the entry that is shown
let popped = false; // Back or Forward was pressed, and Python has not answered yet

// What to do with what Python wrote: `push` an entry or `replace` the one that there is; or `ask` Python to read the
// address, which says something else. `entry` is what is known of the present one, `before` is what Python wrote before.
// Python counts in `arrivals` when it has read the address, and in `steps` when a button has replaced settings.
export function chooseWrite(entry, before, now, isPopped) {
  const isNew = before && before.session !== now.session;
  if (isNew && entry && entry.link !== now.link) return "ask";
  if (isNew || !entry || !before || before.arrivals !== now.arrivals) return "replace";
  if (isPopped) return "ask";
  const follows = before.steps === now.steps && before.burst === now.burst;
  return entry.link === now.link || follows ? "replace" : "push";
}

export function joinQuery(...parts) {
  return parts.filter(Boolean).join("&");
}

export function render(mounted) {
  component = mounted;
  const next = new TextDecoder().decode(mounted.data);
  // Streamlit makes an entry without settings for another page: it is filled in even if Python says the same as before.
  if (next !== text || !readEntry()) write(next);
  return () => {};
}

function write(next) {
  text = next;
  const now = { ...JSON.parse(next), burst };
  const entry = readEntry();
  const way = chooseWrite(entry, written, now, popped);
  if (way === "ask") return void ask(now);
  if (written?.arrivals !== now.arrivals) now.burst = null;
  else if (entry?.link === now.link) now.burst = written.burst;
  if (way === "push" || (written && !entry)) move(place + 1);
  else if (entry) place = entry.place;
  const undoes = way === "push" || (entry?.undoes ?? false);
  undoable.set(place, undoes);
  written = now;
  popped = false;
  save(way, { link: now.link, place, undoes });
}

// The server does not know what the address says: it is a new one, or was not to be reached, or does not hear of Back.
function ask(now = written) {
  written = { ...now, link: null };
  component.setTriggerValue("query", location.search.slice(1));
}

// Go on from the entry that is shown: those that Forward led to are gone.
function move(next) {
  for (const known of undoable.keys()) if (known >= next) undoable.delete(known);
  place = next;
}

function save(way, entry) {
  const epoch = readEpoch();
  const query = joinQuery(written.link, written.look, epoch === null ? "" : `epoch=${epoch}`);
  const address = location.pathname + (query && `?${query}`) + location.hash;
  const stands = address === location.pathname + location.search + location.hash;
  if (way === "push") history.pushState({ playground: entry }, "", address);
  else if (!stands || JSON.stringify(entry) !== JSON.stringify(readEntry())) {
    history.replaceState({ ...history.state, playground: entry }, "", address);
  }
  tell();
}

// Of an entry that Streamlit has made, for another page, nothing is known yet.
function readEntry() {
  return history.state?.playground ?? null;
}

// Until the chart has said which epoch it shows, the address is right.
function readEpoch() {
  if (!written.epochs) return null;
  return epochs.has(written.visit) ? epochs.get(written.visit) : new URLSearchParams(location.search).get("epoch");
}

// A chart says which epoch it shows. That is another look at the experiment, and no change of it.
export function keepEpoch(epoch, visit) {
  epochs.set(visit, epoch);
  const entry = readEntry();
  if (entry && written?.visit === visit && written.link === entry.link && !popped) save("replace", entry);
}

// The epoch that a chart begins with: that of an earlier chart of this visit, if there was one; else what Python says.
export function firstEpoch(given, visit) {
  return epochs.has(visit) ? epochs.get(visit) : given;
}

// Have somebody hear of what can be undone and redone, now and whenever that changes.
export function listen(listener) {
  listeners.add(listener);
  listener(readHistory());
  return () => listeners.delete(listener);
}

function readHistory() {
  return { canUndo: undoable.get(place) ?? false, canRedo: undoable.get(place + 1) ?? false };
}

function tell() {
  for (const listener of listeners) listener(readHistory());
}

function hear() {
  const now = performance.now();
  if (now - touched > QUIET) burst += 1;
  touched = now;
}

for (const kind of ["keydown", "pointerdown", "pointerup", "input"]) window.addEventListener(kind, hear, true);
window.addEventListener("popstate", () => {
  popped = true;
  place = readEntry()?.place ?? 0;
  tell();
  if (written && !written.hears) ask();
});
