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

const FEW = 2; // items that are opened when a search leaves no more

function wordsIn(words) {
  return plainText(words).split(/\s+/).filter(Boolean);
}

function hits(item, parts) {
  return parts.filter((part) => contentOfItem(item).includes(part)).length;
}

// Where else there is something with these words: the other lists, and the passages.
function elsewhere(view, words, parts) {
  const links = [];
  for (const other of document.querySelectorAll("main.view")) {
    const number = other === view ? 0 : [...other.querySelectorAll(".item")].filter((item) => hits(item, parts) === parts.length).length;
    if (number) links.push([`#${other.id}?${new URLSearchParams({ words })}`, `${other.querySelector("h1").textContent} (${number})`]);
  }
  links.push([`${VIEW}${new URLSearchParams({ label: "all", words })}`, T.script.evidence]);
  return links.flatMap(([href, text]) => [" ", element("a", { href }, text)]);
}

function filterItems(view, words) {
  const field = view.querySelector("[data-search]");
  if (!field) return;
  if (field.value !== words) field.value = words;
  const parts = wordsIn(words);
  const items = [...view.querySelectorAll(".item")];
  const most = Math.max(0, ...items.map((item) => hits(item, parts)));
  const enough = most && most < parts.length ? most : parts.length; // none has all: those with most of them
  for (const item of items) item.hidden = hits(item, parts) < enough;
  const shown = items.filter((item) => !item.hidden);
  for (const item of items) {
    if (item.dataset.opened && (item.hidden || !parts.length || shown.length > FEW)) {
      item.open = false;
      delete item.dataset.opened;
    }
  }
  if (parts.length && shown.length <= FEW) {
    for (const item of shown.filter((one) => one.tagName === "DETAILS" && !one.open)) {
      item.open = true;
      item.dataset.opened = "1";
    }
  }
  const all = most === parts.length ? shown.length : 0;
  const count = document.getElementById(`count-${field.dataset.search}`);
  count.textContent = fill(T.script.of_shown, { shown: all, total: items.length });
  const none = document.getElementById(`none-${field.dataset.search}`);
  none.hidden = all > 0;
  none.replaceChildren();
  if (all) return;
  none.append(T.elsewhere, ...elsewhere(view, words, parts), ".");
  if (shown.length) none.append(` ${fill(T.fewer, { number: shown.length })}`);
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
