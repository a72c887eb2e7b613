// The view of the passages: filters, address, list, back.
const overview = document.getElementById("overview");
const section = document.getElementById("passages");
const form = document.getElementById("filters");
const list = document.getElementById("list");
const state = document.getElementById("state");
const more = document.getElementById("more");
const STEP = 10;
const MANY = 400; // names up to which a list is a menu; beyond, a field that completes
let source = null; // what is still to show of the present view
let place = 0; // of the overview, to return to

function option(value, text, selected) {
  return new Option(text, value, false, value === selected); // an empty value is one, too
}

function menu(name, title, values, selected, first = T.script.any) {
  const id = `filter-${name}`;
  let field;
  if (values.length > MANY) {
    const names = element("datalist", { id: `${id}-names` }, ...values.map(([value]) => element("option", { value })));
    field = element("span", {}, element("input", { id, name, list: names.id, value: selected ?? "", placeholder: first }), names);
  } else {
    field = element("select", { id, name }, option("", first, selected ?? ""), ...values.map(([value, text]) => option(value, text, selected)));
  }
  return element("div", {}, element("label", { for: id }, title), field);
}

function field(name, type, view) {
  const id = `filter-${name}`;
  const input = element("input", { id, name, type, value: view.get(name) ?? "" });
  return element("div", {}, element("label", { for: id }, T.script[name]), input);
}

function showFilters(view) {
  const same = (names) => names.map((name) => [name, name]);
  const groups = Object.keys(table.names).filter((name) => table.names[name].length > 1 || view.get(name));
  const labels = ["supports", "opposes", "neutral", "unclear", "held", "all"].map((name) => [name, T.script[name]]);
  const sorts = ["date", "date_up", "sure", "unsure"].map((name) => [name, T.script[name]]);
  form.replaceChildren(
    menu("actor", T.script.actor, same(table.actors), view.get("actor")),
    menu("target", T.script.target, same(table.targets), view.get("target")),
    ...groups.map((name) => menu(name, T.script[name] ?? name,
      table.names[name].map((value) => [value, name === "language" ? languageName(value) : value]), view.get(name))),
    menu("label", T.script.label, labels, view.get("label"), T.script.judged),
    field("from", "date", view), field("to", "date", view), field("words", "search", view),
    menu("sort", T.script.sort, sorts, view.get("sort"), T.script.sample));
}

function viewOfForm() {
  const view = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) view.set(name, value);
  return view;
}

async function showMore(count) {
  more.disabled = true;
  const mine = source;
  for (let shown = 0; shown < count; shown++) {
    const next = await mine.texts.next();
    if (mine !== source) return; // another view was opened meanwhile
    if (next.done) {
      mine.done = true;
      break;
    }
    list.append(passage(next.value[0], next.value[1], mine.view));
    mine.shown++;
  }
  const words = mine.view.get("words");
  more.hidden = mine.done || mine.shown === mine.total;
  more.disabled = false;
  const counts = { passages: mine.total, articles: mine.articles, shown: mine.shown };
  state.textContent = mine.shown === 0 ? T.script.nothing : fill(words ? T.script.found_words : T.script.found, counts);
}

async function openView(view) {
  state.textContent = T.script.loading;
  list.replaceChildren();
  more.hidden = true;
  source = null;
  try {
    await loadIndex();
    showFilters(view);
    const numbers = chosen(view);
    const articles = new Set(numbers.map((number) => table.article[number])).size;
    source = { view, texts: texts(ordered(numbers, view), view), total: numbers.length, articles, shown: 0 };
    const wanted = Math.min(Number(view.get("shown")) || STEP, 500);
    await showMore(wanted);
  } catch (error) {
    state.textContent = fill(T.script.broken, { error: error.message });
  }
}

function route() {
  const { part, query } = addressed(location.hash);
  const now = part?.closest("main") ?? overview;
  const was = views.find((view) => !view.hidden);
  for (const view of views) view.hidden = view !== now;
  document.getElementById("contents").hidden = now !== overview;
  for (const link of document.querySelectorAll("#pages a")) {
    if (link.hash === `#${now.id}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (now !== section) source = null;
  if (now === section) {
    if (was !== now) scrollTo(0, 0);
    openView(viewOf(location.hash));
    if (was !== now) section.querySelector("h1").focus({ preventScroll: true });
  } else if (now !== overview) openList(now, part, query, was === now);
  else if (was !== now) {
    if (part && part !== overview) part.scrollIntoView();
    else scrollTo(0, place);
  }
}

addEventListener("scroll", () => { if (!overview.hidden) place = scrollY; }, { passive: true });
addEventListener("hashchange", route);
form.addEventListener("change", () => { location.hash = VIEW + viewOfForm(); });
form.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("clear").addEventListener("click", () => { location.hash = VIEW; });
more.addEventListener("click", async () => {
  await showMore(STEP);
  if (!source) return; // another view was opened meanwhile
  const view = viewOf(location.hash);
  view.set("shown", source.shown);
  history.replaceState(null, "", VIEW + view);
});
