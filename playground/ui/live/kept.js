// What a visitor has chosen on a page and its link does not hold: it outlives a chart that is made anew.

const pages = new Map();

// The choices on the page that is open, by name.
export function keepOnPage() {
  if (!pages.has(location.pathname)) pages.set(location.pathname, new Map());
  return pages.get(location.pathname);
}
