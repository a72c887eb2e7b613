// Passages as elements. All texts are set as text and never read as HTML.
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== "") made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
}

const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const patterns = new Map();

// A pattern of names in a language with their endings: close enough to show where a name is.
function patternOf(kind, name, language) {
  const key = JSON.stringify([kind, name, language]);
  if (!patterns.has(key)) {
    const names = T.names[kind]?.[name] ?? {};
    const forms = [...new Set([...(names.all ?? []), ...(names[language] ?? [])])].sort((a, b) => b.length - a.length);
    const parts = forms.map((form) => {
      const escaped = form.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&").replace(/\s+/g, "\\s+");
      if (UNSPACED.test(form)) return escaped;
      const ending = language === "en" ? "(?:['’]s|s)?(?![\\p{L}\\p{N}])" : "\\p{L}{0,4}(?![\\p{L}\\p{N}])";
      return `(?<![\\p{L}\\p{N}])${escaped}${ending}`;
    });
    patterns.set(key, parts.length ? new RegExp(parts.join("|"), "giu") : null);
  }
  return patterns.get(key);
}

function marked(text, actor, targets, language) {
  const found = [];
  const collect = (pattern, kind) => {
    for (const match of pattern ? text.matchAll(pattern) : []) found.push([match.index, match.index + match[0].length, kind]);
  };
  collect(patternOf("actors", actor, language), "actor");
  for (const target of targets) collect(patternOf("targets", target, language), "target");
  found.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  const parts = [];
  let at = 0;
  for (const [start, end, kind] of found) {
    if (start < at) continue;
    parts.push(text.slice(at, start), element("mark", { class: kind, title: T.script[kind] }, text.slice(start, end)));
    at = end;
  }
  return [...parts, text.slice(at)];
}

function paragraph(kind, language, before, text, after) {
  const around = (sentence) => (sentence ? element("span", { class: "around" }, ` ${sentence} `) : "");
  const direction = { lang: language, dir: "auto", class: "text" };
  return element("div", { class: kind }, element("p", { class: "kind" }, `${T.script[kind]} (${languageName(language)})`),
    element("p", direction, around(before), element("span", { class: "sentence" }, ...text), around(after)));
}

function languageName(code) {
  return T.languages[code] ?? code;
}

function pill(number, target) {
  const letter = table.label[target][number];
  const label = Object.keys(LETTER).find((name) => LETTER[name] === letter);
  const sign = { s: "▲", o: "▼", n: "●", u: "?" }[letter] ?? "–";
  return element("span", { class: `pill ${label}` }, `${sign} ${letter === "-" ? T.script.none : T.script[label]}: ${table.targets[target]}`);
}

function facts(number, text, targets) {
  const about = { n: "named", r: "referred", m: "near", "-": "none" };
  const lines = [table.voice[number] === "q" ? T.script.quoted : T.script.narrated, T.script[text.matched] ?? text.matched];
  for (const target of targets) {
    const chances = text.chances[target];
    const shown = chances && ["supports", "opposes", "neutral"].map((name, place) => [name, chances[place].toFixed(2)]);
    const sure = shown ? `; ${fill(T.script.probabilities, Object.fromEntries(shown))}` : "";
    lines.push(`${table.targets[target]}: ${T.script[about[table.about[target][number]]]}${sure}`);
  }
  const warnings = text.flags.split(" ").filter(Boolean).map((flag) => T.flags[flag] ?? flag);
  if (warnings.length) lines.push(`${T.script.warnings}: ${warnings.join(", ")}`);
  return element("ul", { class: "facts" }, ...lines.map((line) => element("li", {}, line)), element("li", {}, text.id));
}

function passage(number, text, view) {
  const article = table.article[number];
  const name = (by) => table.names[by]?.[table.group[by][article]] ?? "";
  const language = name("language");
  const actor = table.actors[table.actor[number]];
  const only = view.get("target") ? table.targets.indexOf(view.get("target")) : -1;
  const judged = table.targets.map((_, target) => target).filter((target) => table.label[target][number] !== "-");
  const targets = only >= 0 ? [only] : judged.length ? judged : table.targets.map((_, target) => target).slice(0, 1);
  const names = targets.map((target) => table.targets[target]);
  const title = element("span", { lang: language, dir: "auto" }, text.title || T.script.untitled);
  const headline = text.link ? element("a", { href: text.link, rel: "noopener noreferrer nofollow", target: "_blank" }, title) : title;
  const parts = [paragraph("original", language, text.before[0], marked(text.source, actor, names, language), text.after[0])];
  if (text.pivot !== 0) {
    parts.push(paragraph("translation", T.pivot, text.before[1], marked(text.pivot, actor, names, T.pivot), text.after[1]));
  }
  const where = [name("outlet"), text.published.slice(0, 32) || T.script.undated, languageName(language), actor].filter(Boolean);
  return element("li", { class: "passage" },
    element("p", { class: "pills" }, ...targets.map((target) => pill(number, target))),
    element("h3", {}, headline),
    element("p", { class: "where" }, ...where.map((part) => element("bdi", {}, part))),
    ...parts, facts(number, text, targets));
}
