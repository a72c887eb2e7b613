// Downloads of plots, copying, sorting of tables, the appendix for print.
function save(name, blob) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// The plot with the colours and the font of the page in it.
function standalone(svg) {
  const style = getComputedStyle(document.documentElement);
  const copy = svg.cloneNode(true);
  const box = svg.viewBox.baseVal;
  copy.setAttribute("width", box.width);
  copy.setAttribute("height", box.height);
  copy.setAttribute("font-family", "system-ui, sans-serif");
  const page = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of [["width", "100%"], ["height", "100%"], ["fill", "var(--page)"]]) page.setAttribute(name, value);
  copy.prepend(page);
  return new XMLSerializer().serializeToString(copy)
    .replace(/var\((--[a-z]+)\)/g, (_, name) => style.getPropertyValue(name).trim())
    .replace(/font-family: inherit/g, "font-family: system-ui, sans-serif");
}

async function download(button) {
  const svg = button.closest("figure").querySelector("svg");
  const text = standalone(svg);
  if (button.dataset.download === "svg") return save(`${button.dataset.name}.svg`, new Blob([text], { type: "image/svg+xml" }));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = element("canvas");
  canvas.width = 3 * svg.viewBox.baseVal.width; // 3: 216 dots an inch, enough for print
  canvas.height = 3 * svg.viewBox.baseVal.height;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => save(`${button.dataset.name}.png`, blob));
}

async function copyText(text, button, done) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch { // not allowed for a page from a disk
    const area = element("textarea", { class: "aside" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.textContent = done;
  setTimeout(() => { button.textContent = before; }, 2000);
}

function sortBy(head) {
  const body = head.closest("table").tBodies[0];
  const column = [...head.closest("tr").children].indexOf(head.closest("th"));
  const down = head.closest("th").getAttribute("aria-sort") !== "descending";
  for (const other of head.closest("tr").children) other.removeAttribute("aria-sort");
  head.closest("th").setAttribute("aria-sort", down ? "descending" : "ascending");
  const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent;
  const compare = (a, b) => (a === "" ? 1 : b === "" ? -1 : a - b || String(a).localeCompare(String(b), undefined, { numeric: true }));
  const rows = [...body.rows].sort((a, b) => (down ? -1 : 1) * compare(value(a), value(b)));
  body.append(...rows);
}

async function printWithPassages() {
  const appendix = document.getElementById("appendix");
  await loadIndex();
  appendix.replaceChildren(element("h2", {}, T.script.appendix));
  for (const actor of table.actors) {
    for (const target of table.targets) {
      const view = new URLSearchParams({ actor, target });
      const first = ordered(chosen(view), view).slice(0, STEP);
      if (!first.length) continue;
      const shown = element("ul", { class: "list" });
      for (const number of first) shown.append(passage(number, await textOf(number), view));
      appendix.append(element("h3", {}, `${actor} – ${target}`), shown);
    }
  }
  print();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.download) download(button);
  else if (button.dataset.copy) copyText(document.getElementById(button.dataset.copy).innerText, button, T.copied);
  else if (button.id === "share") copyText(location.href, button, T.script.shared);
  else if (button.id === "print") printWithPassages();
  else if (button.closest("th")) sortBy(button);
});
document.documentElement.classList.add("script");
route();
