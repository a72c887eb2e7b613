// Which passages a view shows, and in which order. A view is what the address says after #passages?
const LETTER = { supports: "s", opposes: "o", neutral: "n", unclear: "u", held: "-" };
const VIEW = "#passages?";

function viewOf(address) {
  return new URLSearchParams(address.startsWith(VIEW) ? address.slice(VIEW.length) : "");
}

function labelOf(number, target) {
  if (target >= 0) return table.label[target][number];
  for (const labels of table.label) if (labels[number] !== "-") return labels[number];
  return "-";
}

// The numbers of the passages that fit all filters but that of words.
function chosen(view) {
  const place = (names, key) => (view.get(key) ? names.indexOf(view.get(key)) : null);
  const actor = place(table.actors, "actor");
  const target = place(table.targets, "target");
  const groups = Object.keys(table.names).filter((name) => view.get(name))
    .map((name) => [table.group[name], table.names[name].indexOf(view.get(name))]);
  const from = view.get("from") || "";
  const to = view.get("to") || "";
  const letter = LETTER[view.get("label")];
  const any = view.get("label") === "all";
  const isIn = (label) => (letter ? label === letter : label !== "-");
  const fits = [];
  for (let number = 0; number < table.actor.length; number++) {
    if (actor !== null && table.actor[number] !== actor) continue;
    const article = table.article[number];
    if (groups.some(([codes, code]) => codes[article] !== code)) continue;
    if (from || to) {
      const day = table.days[table.day[article]] ?? "";
      if (!day || (from && day < from) || (to && day > to)) continue;
    }
    const labels = target !== null ? [table.label[target]?.[number] ?? "?"] : table.label.map((of) => of[number]);
    const held = letter === "-" ? labels.every((label) => label === "-") : labels.some(isIn);
    if (held || any) fits.push(number);
  }
  return fits;
}

// A number that looks random and is the same in every browser (the finaliser of MurmurHash3).
function shuffled(number) {
  let h = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function ordered(numbers, view) {
  const target = view.get("target") ? table.targets.indexOf(view.get("target")) : -1;
  const sort = view.get("sort") || "sample";
  const day = (number) => table.days[table.day[table.article[number]]] ?? "";
  if (sort === "date" || sort === "date_up") {
    const sign = sort === "date" ? -1 : 1;
    return numbers.sort((a, b) => (day(a) === day(b) ? a - b : (day(a) < day(b) ? -sign : sign)));
  }
  if (sort === "sure" || sort === "unsure") {
    const sign = sort === "sure" ? -1 : 1;
    const level = (number) => (target >= 0 ? [table.sure[target]] : table.sure)
      .reduce((most, levels) => Math.max(most, levels.charCodeAt(number)), 0);
    return numbers.sort((a, b) => sign * (level(a) - level(b)) || a - b);
  }
  return inTurn(numbers, (number) => labelOf(number, target));
}

// Each label in turn, so that the first passages show all of them; in a random order within a label.
function inTurn(numbers, label) {
  const classes = new Map();
  for (const number of numbers) {
    const key = label(number);
    if (!classes.has(key)) classes.set(key, []);
    classes.get(key).push(number);
  }
  const lists = [...classes.keys()].sort().map((key) => classes.get(key).sort((a, b) => shuffled(a) - shuffled(b)));
  const longest = Math.max(0, ...lists.map((list) => list.length));
  const order = [];
  for (let turn = 0; turn < longest; turn++) {
    for (const list of lists) if (turn < list.length) order.push(list[turn]);
  }
  return order;
}

function plainText(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

// The numbers and texts in order, of those that have all the words, one after the other.
async function* texts(numbers, view) {
  const words = plainText(view.get("words") || "").split(/\s+/).filter(Boolean);
  for (const number of numbers) {
    const text = await textOf(number);
    const whole = words.length ? plainText(`${text.title} ${text.source} ${text.pivot || ""}`) : "";
    if (words.every((word) => whole.includes(word))) yield [number, text];
  }
}
