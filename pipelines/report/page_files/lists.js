// The pages with lists of their own: which one an address opens, and which of its items have some words.
const views = [...document.querySelectorAll("main")];
const contentOf = new WeakMap();

function contentOfItem(item) {
  if (!contentOf.has(item)) contentOf.set(item, plainText(item.textContent));
  return contentOf.get(item);
}

// The element that an address names, and what it says after a question mark.
function addressed(hash) {
  const [name, query] = hash.slice(1).split("?", 2);
  return { part: name ? document.getElementById(name) : null, query: new URLSearchParams(query ?? "") };
}

function filterItems(view, words) {
  const field = view.querySelector("[data-search]");
  if (!field) return;
  if (field.value !== words) field.value = words;
  const parts = plainText(words).split(/\s+/).filter(Boolean);
  const items = [...view.querySelectorAll(".item")];
  for (const item of items) item.hidden = !parts.every((part) => contentOfItem(item).includes(part));
  const counts = { shown: items.filter((item) => !item.hidden).length, total: items.length };
  document.getElementById(`count-${field.dataset.search}`).textContent = fill(T.script.of_shown, counts);
}

function openList(view, part, query, wasOpen) {
  filterItems(view, part === view ? query.get("words") ?? "" : "");
  for (let at = part; at && at !== view; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  if (part !== view) part.scrollIntoView();
  else if (!wasOpen) scrollTo(0, 0);
  const focused = part === view ? view.querySelector("h1") : part.querySelector("summary");
  if (!wasOpen || part !== view) focused?.focus({ preventScroll: true });
}

document.addEventListener("input", (event) => {
  const name = event.target.dataset.search;
  if (!name) return;
  const words = event.target.value;
  history.replaceState(null, "", `#${name}${words ? `?${new URLSearchParams({ words })}` : ""}`);
  filterItems(document.getElementById(name), words);
});
