// What the frame leans on in the pages that Streamlit draws, checked with Streamlit 1.67: a test looks for each part.

export const PARTS = {
  main: "[data-testid=stMain]",
  sidebar: "[data-testid=stSidebar]",
  expand: "[data-testid=stExpandSidebarButton]",
  collapse: "[data-testid=stSidebarCollapseButton] button",
  pages: "[data-testid=stSidebarNav]", // on a narrow screen only; on a wide one the pages stand at the top
  settings: "[data-testid=stSidebarUserContent]",
};

export const find = (part) => document.querySelector(PARTS[part]);

export const isSidebarOpen = () => find("sidebar")?.dataset.collapsed === "false";

/** Opens or closes the side panel, as a press of Streamlit's own buttons does. */
export function setSidebar(open) {
  if (open !== isSidebarOpen()) find(open ? "expand" : "collapse")?.click();
}

/** Calls back when the side panel has come, opened or closed. */
export function watchSidebar(callback) {
  let before;
  const look = () => {
    const now = find("sidebar")?.dataset.collapsed ?? "";
    if (now !== before) callback((before = now) === "false");
  };
  const options = { subtree: true, childList: true, attributes: true, attributeFilter: ["data-collapsed"] };
  new MutationObserver(look).observe(document.getElementById("root"), options);
  look();
}
