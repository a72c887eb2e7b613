// The passages: an index, unpacked at the first view, and blocks of texts, unpacked when they are shown. They are in
// this page or, if there are many, in the folder beside it.
const T = JSON.parse(document.getElementById("texts").textContent);
const KEPT = 60; // blocks of texts that stay unpacked: some megabytes
const waiting = new Map();
const unpackedBlocks = new Map();

globalThis.polystance = (name, packed) => waiting.get(name)?.(packed);

function fromFolder(name) {
  return new Promise((resolve, reject) => {
    waiting.set(name, resolve);
    const script = document.createElement("script");
    const file = `${T.folder}/${name}.js`;
    script.src = file;
    script.onload = () => script.remove();
    script.onerror = () => reject(new Error(fill(T.script.missing, { file })));
    document.head.append(script);
  });
}

async function unpack(name) {
  const inside = document.getElementById(`packed-${name}`);
  const packed = inside ? inside.textContent : await fromFolder(name);
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

function unpacked(name) {
  if (!unpackedBlocks.has(name)) {
    unpackedBlocks.set(name, unpack(name));
    const oldest = [...unpackedBlocks.keys()].find((key) => key !== "index");
    if (unpackedBlocks.size > KEPT) unpackedBlocks.delete(oldest);
  }
  return unpackedBlocks.get(name);
}

let table, loading; // of the index, once unpacked; and its unpacking, which is done once whoever asks meanwhile
function loadIndex() {
  return (loading ??= unpackIndex().catch((error) => {
    loading = undefined;
    throw error;
  }));
}

async function unpackIndex() {
  const index = await unpacked("index");
  let last = 0;
  index.article = index.article.map((step) => (last += step));
  return (table = index);
}

async function textOf(number) {
  const block = await unpacked(String(Math.floor(number / table.block)));
  const names = ["title", "link", "published", "id", "matched", "flags", "source", "pivot", "before", "after", "chances"];
  const values = block[number % table.block];
  return Object.fromEntries(names.map((name, place) => [name, values[place]]));
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
