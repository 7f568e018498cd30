// The frame of a page: links that skip to its parts, and on a narrow screen a bar at the bottom. The bar opens the side
// panel as a sheet over half of the screen: its pages, or its settings, while the charts stay in sight above.

import { find, isSidebarOpen, setSidebar, watchSidebar } from "./streamlit_dom.js";

const CHARTS = ".live";
const root = document.documentElement;
const bar = document.querySelector(".frame-bar");
const buttons = [...bar.querySelectorAll("button")];

function openSheet(sheet) {
  root.dataset.sheet = sheet;
  setSidebar(true);
  showState(true); // Streamlit opens it a moment later
  if (sheet === "settings") showCharts();
  focusOn(find(sheet));
}

function closeSheet() {
  setSidebar(false);
  buttons.find((button) => button.dataset.sheet === root.dataset.sheet)?.focus();
  showState(false);
}

/** Scrolls the page so that its first chart fills what the sheet leaves free, unless some chart is in sight there. */
function showCharts() {
  const half = window.innerHeight / 2;
  const plots = [...document.querySelectorAll(`${CHARTS}-plot, [data-testid=stPlotlyChart]`)];
  const inSight = plots.some((plot) => {
    const { top, bottom } = plot.getBoundingClientRect();
    return top >= 0 && bottom <= half;
  });
  if (!inSight) (plots[0]?.closest(`${CHARTS}-panel`) ?? plots[0])?.scrollIntoView({ block: "start" });
}

function focusOn(element) {
  if (!element) return;
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

function skipTo(link) {
  if (link.dataset.part === "settings") setSidebar(true);
  const target = link.dataset.part === "charts" ? document.querySelector(CHARTS) : find("settings");
  focusOn(target ?? find("main"));
  target?.scrollIntoView({ block: "nearest" });
}

function showState(open) {
  root.toggleAttribute("data-frame", !!find("sidebar")?.dataset.collapsed); // a side panel as we know it, or no bar
  if (open && !root.dataset.sheet) root.dataset.sheet = "settings";
  if (!open) delete root.dataset.sheet;
  for (const button of buttons) {
    const shown = open && button.dataset.sheet === root.dataset.sheet;
    button.setAttribute("aria-expanded", shown);
    button.textContent = shown ? button.dataset.close : button.dataset.open;
  }
}

bar.addEventListener("click", ({ target }) => {
  const sheet = target.closest("button")?.dataset.sheet;
  if (!sheet) return;
  if (isSidebarOpen() && root.dataset.sheet === sheet) closeSheet();
  else openSheet(sheet);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && root.dataset.sheet && getComputedStyle(bar).display !== "none" && !event.defaultPrevented) closeSheet();
});

document.addEventListener("click", ({ target }) => {
  if (!target.closest?.("a[href]") || !find("pages")?.contains(target)) return;
  setSidebar(false);
  focusOn(find("main"));
});

for (const link of document.querySelectorAll(".frame-skip a")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    skipTo(link);
  });
}

watchSidebar(showState);
