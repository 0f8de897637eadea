// Completions: a combobox with a list (WAI-ARIA Authoring Practices), and the keys that lead to it and to the results.
// The focus stays in the box; the arrows move what is active in the list.

const DELAY = 120;
const KINDS = ["article", "category", "tag", "query"];
const form = document.querySelector("#searchapp-form[data-suggest]");
const box = form && document.getElementById("searchapp-q");
const list = document.createElement("ul");

let options = [];
let active = -1;
let latest = 0;
let running = null;
let timer = 0;

function start() {
  document.documentElement.classList.add("js");
  Object.assign(list, { id: "searchapp-options", className: "options", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.suggestions);
  form.append(list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
    "aria-keyshortcuts": "/ Control+K Meta+K",
  })) box.setAttribute(name, value);
  box.addEventListener("input", event => { if (!event.isComposing) typed(); });
  box.addEventListener("compositionend", typed);
  box.addEventListener("keydown", pressed);
  box.addEventListener("blur", close);
  form.addEventListener("submit", close);
  addEventListener("popstate", close);
  // The box keeps the focus, and so the list is there for the click.
  list.addEventListener("pointerdown", event => event.preventDefault());
  list.addEventListener("mousedown", event => event.preventDefault());
  list.addEventListener("click", event => {
    const option = event.target.closest("[role=option]");
    if (option) choose(options[[...list.children].indexOf(option)], event.ctrlKey || event.metaKey);
  });
  document.addEventListener("keydown", anywhere);
}

function typed() {
  clearTimeout(timer);
  if (!box.value.trim()) return close();
  timer = setTimeout(ask, DELAY);
}

async function ask() {
  const mine = ++latest;
  running?.abort();
  running = new AbortController();
  const most = innerWidth < 640 ? 5 : 8;
  try {
    const url = `${form.dataset.suggest}?${new URLSearchParams({ q: box.value, limit: most })}`;
    const answer = await fetch(url, { signal: running.signal });
    const found = answer.ok ? (await answer.json()).suggestions : [];
    if (mine === latest && document.activeElement === box) open(found);
  } catch {
    if (mine === latest) close();
  }
}

function open(found) {
  const same = box.value.trim().toLowerCase();
  options = found.filter(({ kind, text }) => KINDS.includes(kind) && !(kind === "query" && text.toLowerCase() === same));
  list.replaceChildren(...options.map(drawn));
  activate(-1);
  list.hidden = options.length === 0;
  box.setAttribute("aria-expanded", String(!list.hidden));
}

function drawn({ text, kind }, index) {
  const option = document.createElement("li");
  const label = document.createElement("span");
  const note = document.createElement("span");
  Object.assign(option, { id: `${list.id}-${index}`, className: `option option-${kind}` });
  option.setAttribute("role", "option");
  Object.assign(label, { className: "option-text", dir: "auto", textContent: text });
  Object.assign(note, { className: "option-kind", textContent: form.dataset[kind] });
  option.append(label, " ", note);
  return option;
}

// Gives up what is open and what is under way.
function close() {
  clearTimeout(timer);
  latest += 1;
  running?.abort();
  options = [];
  list.hidden = true;
  list.replaceChildren();
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
  active = -1;
}

function activate(index) {
  active = index;
  [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
  const option = list.children[index];
  if (option) {
    box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    box.removeAttribute("aria-activedescendant");
  }
}

function page(option) {
  const url = new URL(option?.url ?? `${form.action}?${new URLSearchParams({ q: option?.text ?? box.value })}`, location);
  const language = form.elements.lang?.value;
  if (language && url.origin === location.origin) url.searchParams.set("lang", language);
  return url;
}

function choose(option, apart) {
  const url = page(option);
  if (!/^https?:$/.test(url.protocol)) return;
  if (apart) {
    window.open(url, "_blank", "noopener");
    return;
  }
  if (option.kind === "query") {
    box.value = option.text;
    form.requestSubmit();
    return;
  }
  close();
  const unheard = document.dispatchEvent(new CustomEvent("searchapp:go", { detail: url.href, cancelable: true }));
  if (unheard) location.assign(url);
}

function pressed(event) {
  if (event.isComposing || event.keyCode === 229 || event.altKey || event.shiftKey) return;
  const apart = event.ctrlKey || event.metaKey;
  if (event.key === "Enter" && (apart || active >= 0)) {
    choose(options[active], apart);
  } else if (event.key === "Escape") {
    if (!list.hidden) close();
    else if (box.value) clear();
    else return;
  } else if (apart) {
    return;
  } else if (event.key === "ArrowDown" && list.hidden) {
    const first = document.querySelector(".hit h2 a");
    if (!first) return;
    first.focus();
  } else if (event.key === "ArrowDown") {
    activate(active + 1 < options.length ? active + 1 : -1);
  } else if (event.key === "ArrowUp" && !list.hidden) {
    activate(active >= 0 ? active - 1 : options.length - 1);
  } else {
    return;
  }
  event.preventDefault();
}

function clear() {
  box.value = "";
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

// `/` and Ctrl or Cmd+K lead to the box from everywhere; the arrows from one result to the next.
function anywhere(event) {
  if (event.isComposing || event.defaultPrevented || event.altKey) return;
  const apart = event.ctrlKey || event.metaKey;
  const writing = event.target.closest?.("input, textarea, select, [contenteditable]");
  const asked = event.key === "/" && !apart && !writing;
  if ((asked || (apart && !event.shiftKey && event.key.toLowerCase() === "k")) && !form.closest("[inert]")) {
    event.preventDefault();
    box.focus();
    box.select();
  } else if (!apart && !event.shiftKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    step(event, event.key === "ArrowDown" ? 1 : -1);
  }
}

function step(event, by) {
  const links = [...document.querySelectorAll(".hit h2 a")];
  const at = links.indexOf(event.target);
  const next = at + by < 0 ? box : links[at + by];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}

if (box) start();
