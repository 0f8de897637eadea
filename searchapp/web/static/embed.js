// A search box for any page: <script src="https://search.example.org/embed.js"></script>. It is the custom element
// <searchapp-search>, made where the script stands; open() and close() of it may be called, nothing else is global.
// Everything is in a shadow root, and nothing that came over the network ever becomes HTML.
(() => {
"use strict";

const NAME = "searchapp-search";
const DELAY = 120;
const PATIENCE = 10000;
const HITS = 8;
const SECTIONS = 2;

// Other languages come from the server under the same names; data-strings wins over both.
const STRINGS = {
  search: "Search articles",
  close: "Close",
  move: "Move",
  open: "Open",
  suggestions: "Suggestions",
  category: "Category",
  tag: "Tag",
  newest: "Newest articles",
  results: { one: "{n} result", other: "{n} results" },
  all: { one: "Show {n} result", other: "Show all {n} results" },
  browse: { one: "Browse {n} article", other: "Browse all {n} articles" },
  none: "Nothing found for “{query}”",
  hint: "Check the spelling, or use fewer or more general words.",
  some: "No article has all of these words; these have some of them.",
  corrected: "Showing results for “{query}”.",
  literal: "Search for “{query}” as typed",
  meant: "Did you mean “{query}”?",
  failed: "The search does not answer",
  later: "Try again in a moment, or go there yourself.",
  page: "Open the search page"
};

const CSS = `
:host { all: initial !important; display: inline-block !important; max-inline-size: 100% !important; vertical-align: middle !important }
:host([floating]) { position: fixed !important; inset-block-end: 16px !important; inset-inline-end: 16px !important; z-index: 99 !important }
@media print { :host { display: none !important } }
.root {
  all: initial; display: block; color-scheme: light dark; line-height: 1.5; color: var(--ink);
  font-family: var(--searchapp-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif);
  --paper: var(--searchapp-paper, light-dark(#fff, #181d1c)); --sunken: var(--searchapp-sunken, light-dark(#f3f4f1, #222928));
  --ink: var(--searchapp-ink, light-dark(#1a1f1d, #e6eae8)); --quiet: var(--searchapp-quiet, light-dark(#56605c, #a8b3ae));
  --line: var(--searchapp-line, light-dark(#e1e4de, #2f3836)); --edge: light-dark(#7f8a85, #75807b);
  --accent: var(--searchapp-accent, light-dark(#0b6b58, #70d1b8)); --soft: color-mix(in srgb, var(--accent) 11%, var(--paper));
  --mark: var(--searchapp-mark, light-dark(#ffeaa6, #574710)); --radius: var(--searchapp-radius, 10px);
}
:host([theme="light"]) .root { color-scheme: light }
:host([theme="dark"]) .root { color-scheme: dark }
*, ::before { box-sizing: border-box }
[hidden] { display: none !important }
svg { flex: none; inline-size: 20px; block-size: 20px; fill: none; stroke: currentcolor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round }
button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer }
a { color: inherit; text-decoration: none }
p, h2 { margin: 0; font-size: inherit }
[dir="auto"] { text-align: -webkit-match-parent; text-align: match-parent }
mark { background: var(--mark); color: inherit; border-radius: 3px; padding: 0.05em 0.1em }
kbd { font: 0.75em/1.5 ui-monospace, Menlo, Consolas, monospace; color: var(--quiet); background: var(--paper); border: 1px solid var(--line); border-radius: 5px; padding: 0 5px; white-space: nowrap }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; border-radius: 6px }
.said { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.opener { display: flex; align-items: center; gap: 10px; inline-size: var(--searchapp-width, 240px); max-inline-size: 100%; min-block-size: 44px; padding-inline: 12px; color: var(--quiet); background: var(--sunken); border: 1px solid var(--edge); border-radius: var(--radius); text-align: start }
.opener span { flex: 1; min-inline-size: 0; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; font-size: 0.9375em }
.opener:hover { color: var(--ink); border-color: var(--accent) }
:host([floating]) .opener { background: var(--paper); box-shadow: 0 4px 20px rgb(10 30 24 / 20%) }

dialog { flex-direction: column; inline-size: min(672px, 100vw - 32px); block-size: min(640px, 100dvh - 128px); max-inline-size: none; max-block-size: none; margin: 64px auto auto; padding: 0; overflow: hidden; background: var(--paper); color: var(--ink); border: 1px solid var(--line); border-radius: calc(var(--radius) + 6px); box-shadow: 0 2px 8px rgb(10 30 24 / 10%), 0 24px 64px rgb(10 30 24 / 28%) }
dialog[open] { display: flex }
dialog::backdrop { background: rgb(14 24 21 / 45%); backdrop-filter: blur(3px) }
.head { position: relative; display: flex; align-items: center; gap: 12px; padding-inline: 18px 8px; color: var(--quiet); border-block-end: 1px solid var(--line) }
.head:has(input:focus-visible) { border-color: var(--accent); box-shadow: 0 1px var(--accent) }
.head::before { content: ""; position: absolute; inset: auto 0 -2px; block-size: 2px; background: var(--accent); opacity: 0; transition: opacity 0.15s }
[aria-busy="true"] .head::before { opacity: 1; transition-delay: 0.3s }
input { flex: 1; min-inline-size: 0; block-size: 60px; padding: 0; font: inherit; font-size: 1.125em; color: var(--ink); background: none; border: 0; appearance: none }
input:focus-visible { outline: 0 }
input::placeholder { color: var(--quiet); opacity: 1 }
input::-webkit-search-cancel-button { display: none }
.shut { display: grid; place-items: center; inline-size: 44px; block-size: 44px; border-radius: var(--radius) }
.shut:hover { background: var(--sunken); color: var(--ink) }
.chips { display: flex; gap: 8px; padding: 6px 16px 0; overflow-x: auto; scrollbar-width: none }
.chips > * { flex: none; display: flex; align-items: center; min-block-size: 44px; font-size: 0.8125em }
.chips span { padding: 3px 12px; background: var(--sunken); border-radius: 99px; white-space: nowrap }
.chips > :hover span { background: var(--soft) }
small { font-size: 0.8125em; color: var(--quiet) }
.chips small { font-size: 1em }
.body { flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: 8px; scroll-padding: 8px }
.body > p, h2 { padding: 8px 12px; font-size: 0.875em }
h2 { font-size: 0.8125em; font-weight: 650; color: var(--quiet) }
.body p button { min-block-size: 44px; color: var(--accent); font-weight: 600; text-align: start }
.body p button:hover, .all:hover { text-decoration: underline }
.state { padding: 32px 12px 20px; text-align: center; color: var(--quiet) }
.state strong { display: block; margin-block-end: 4px; font-size: 1.0625em; font-weight: 650; color: var(--ink); overflow-wrap: anywhere }
.state a { display: inline-flex; align-items: center; min-block-size: 44px; margin-block-start: 16px; padding-inline: 18px; font-weight: 600; color: var(--paper); background: var(--accent); border-radius: var(--radius) }
.hit { display: block; min-block-size: 44px; padding: 10px 12px; border-radius: 8px; scroll-margin: 8px; overflow-wrap: anywhere }
.hit b { display: block; font-weight: 620; line-height: 1.4 }
.hit small { display: block; margin-block-start: 1px }
.hit em { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; margin-block-start: 3px; font: inherit; font-size: 0.875em; color: var(--quiet) }
.hit em mark, .hit small mark { color: var(--ink) }
.under { margin-inline-start: 14px; padding-block: 8px; border-inline-start: 2px solid var(--line); border-start-start-radius: 0; border-end-start-radius: 0 }
.under b { font-size: 0.9375em; font-weight: 550 }
.hit[aria-selected="true"] { background: var(--soft); box-shadow: inset 0 0 0 1px color-mix(in srgb, var(--accent) 35%, transparent) }
.hit[aria-selected="true"] b { color: var(--accent) }
.hit[aria-selected="true"] :is(small, em) { color: var(--ink) }
.foot { display: flex; align-items: center; justify-content: space-between; gap: 16px; min-block-size: 52px; padding: 0 16px env(safe-area-inset-bottom); border-block-start: 1px solid var(--line); font-size: 0.8125em; color: var(--quiet) }
.keys { display: flex; gap: 14px; white-space: nowrap }
.all { display: flex; align-items: center; min-block-size: 44px; margin-inline-start: auto; font-weight: 600; color: var(--accent) }
@media (hover: none), (max-width: 600px) { .keys, kbd { display: none } }
@media (max-width: 600px) {
  dialog { inline-size: 100vw; block-size: 100dvh; margin: 0; border: 0; border-radius: 0 }
}
@media (prefers-reduced-motion: no-preference) {
  dialog[open] { animation: rise 0.16s ease-out }
  @keyframes rise { from { opacity: 0; translate: 0 -8px } }
}
@media (forced-colors: active) { .hit[aria-selected="true"] { outline: 2px solid Highlight } }
`;

// What data-… may say: the default, and how text is read. What throws or gives undefined is a bad value.
const one = (...values) => text => values.find(each => each === text);
const list = text => text.split(",").map(each => each.trim()).filter(Boolean);
const OPTIONS = {
  target: ["", text => (document.createDocumentFragment().querySelector(text), text)],
  placeholder: ["", String],
  tags: [[], list],
  categories: [[], list],
  lang: ["", text => Intl.getCanonicalLocales(text)[0]],
  theme: ["auto", one("auto", "light", "dark")],
  shortcuts: ["on", one("on", "off")],
  strings: [{}, text => Object.assign({}, JSON.parse(text))]
};

const warn = text => console.warn(`searchapp: ${text}`);

function read(script) {
  const options = Object.fromEntries(Object.entries(OPTIONS).map(([name, [value]]) => [name, value]));
  for (const [name, text] of Object.entries(script.dataset)) {
    const attribute = `data-${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;
    if (!Object.hasOwn(OPTIONS, name)) {
      warn(`${attribute} is not known and ignored; known are ${Object.keys(OPTIONS).map(each => `data-${each}`).join(", ")}`);
      continue;
    }
    let value;
    try { value = OPTIONS[name][1](text.trim()); } catch { /* said below */ }
    if (value === undefined) warn(`${attribute}="${text}" is not valid; the default is taken`);
    else options[name] = value;
  }
  return options;
}

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function icon(path) {
  const parts = ["svg", "path"].map(tag => document.createElementNS("http://www.w3.org/2000/svg", tag));
  parts[0].setAttribute("viewBox", "0 0 24 24");
  parts[0].setAttribute("aria-hidden", "true");
  parts[1].setAttribute("d", path);
  parts[0].append(parts[1]);
  return parts[0];
}

const GLASS = "M4 10.5a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0m11.5 5 5 5";
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'", "#39": "'" };
const plain = text => text.replace(/&(amp|lt|gt|quot|#x27|#39);/g, (_, name) => ENTITIES[name]);

// Highlights are escaped text in which only <mark> is markup: they become text and elements.
const marked = html => (html ?? "").split(/<mark>(.*?)<\/mark>/s).map((piece, at) =>
  at % 2 ? make("mark", {}, plain(piece)) : plain(piece));

class Search extends HTMLElement {
  #server; #options; #strings; #locale = "en"; #parts; #answers = new Map();
  #latest = 0; #running; #timer; #saying; #shown = null; #exact = false; #active = -1;

  // server: a URL that ends with a slash. options: as `read` gives them.
  setup(server, options) {
    this.#server = server;
    this.#options = options;
    this.#strings = { ...STRINGS, ...options.strings };
    return this;
  }

  connectedCallback() {
    if (!this.#server) return;
    if (!this.#parts) this.#build();
    if (this.#options.shortcuts === "on") addEventListener("keydown", this.#anywhere);
  }

  disconnectedCallback() {
    removeEventListener("keydown", this.#anywhere);
    this.#parts?.dialog.close();
  }

  open(text) {
    const { dialog, input } = this.#parts;
    if (!dialog.open) dialog.showModal();
    if (text !== undefined) input.value = text;
    input.focus();
    input.select();
    this.#ask();
  }

  close() {
    this.#parts.dialog.close();
  }

  #build() {
    const parts = {
      opener: make("button", { class: "opener", part: "button", type: "button", "aria-haspopup": "dialog" }),
      label: make("span", { dir: "auto" }),
      dialog: make("dialog", { part: "dialog" }),
      input: make("input", {
        type: "search", role: "combobox", dir: "auto", autocomplete: "off", autocapitalize: "none", spellcheck: "false", enterkeyhint: "search",
        maxlength: "1000", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "list"
      }),
      shut: make("button", { class: "shut", type: "button" }, icon("m7 7 10 10m0-10L7 17")),
      chips: make("div", { class: "chips", role: "group" }),
      notes: make("div", {}),
      list: make("div", { id: "list", role: "listbox" }),
      keys: make("span", { class: "keys", "aria-hidden": "true" }),
      all: make("a", { class: "all" }),
      said: make("p", { class: "said", role: "status" }),
      root: make("div", { class: "root", part: "root" })
    };
    this.#parts = parts;
    parts.body = make("div", { class: "body" }, parts.notes, parts.list);
    parts.opener.append(icon(GLASS), parts.label);
    if (this.#options.shortcuts === "on") parts.opener.append(make("kbd", { "aria-hidden": "true" }, /Mac|iP/.test(navigator.platform) ? "⌘K" : "Ctrl K"));
    parts.dialog.append(
      make("div", { class: "head" }, icon(GLASS), parts.input, parts.shut), parts.chips, parts.body,
      make("div", { class: "foot" }, parts.keys, parts.all), parts.said);
    parts.root.append(parts.opener, parts.dialog);
    parts.chips.hidden = parts.list.hidden = parts.all.hidden = true;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(parts.root);
    if (this.#options.theme !== "auto") this.setAttribute("theme", this.#options.theme);
    this.#listen();
    this.#name("en", "ltr");
    this.#translate();
  }

  #listen() {
    const { opener, dialog, input, shut, body, list: options } = this.#parts;
    opener.addEventListener("click", () => this.open());
    opener.addEventListener("pointerenter", () => this.#ask(), { once: true });
    shut.addEventListener("click", () => this.close());
    dialog.addEventListener("pointerdown", event => { if (event.target === dialog) this.close(); });
    dialog.addEventListener("keydown", event => this.#pressed(event));
    // To the page each of these seems to happen on an element that is no text field: its own keys would take it.
    for (const type of ["keydown", "keypress", "keyup"]) dialog.addEventListener(type, event => event.stopPropagation());
    input.addEventListener("input", event => { if (!event.isComposing) this.#typed(); });
    input.addEventListener("compositionend", () => this.#typed());
    body.addEventListener("touchmove", () => input.blur(), { passive: true });
    options.addEventListener("pointermove", event => {
      const at = [...options.children].indexOf(event.target.closest("[role=option]"));
      if (at >= 0 && (event.movementX || event.movementY)) this.#activate(at, false);
    });
    this.#parts.root.addEventListener("click", event => {
      const apart = event.ctrlKey || event.metaKey || event.shiftKey;
      if (event.target.closest("a") && !apart) this.close();
    });
  }

  // Words in the language of the page; English until they come, and if they don't.
  async #translate() {
    const lang = this.#options.lang || document.documentElement.lang || navigator.language;
    if (/^en\b/i.test(lang)) return;
    try {
      const found = await this.#get("embed/strings.json", { lang });
      this.#strings = { ...STRINGS, ...found.strings, ...this.#options.strings };
      this.#name(found.lang, found.dir);
    } catch { /* English */ }
  }

  #name(lang, dir) {
    const { label, dialog, input, shut, chips, keys, list: options } = this.#parts;
    this.#locale = { en: "en-GB", ar: "ar-u-nu-latn" }[lang] ?? lang;
    this.lang = lang;
    this.dir = dir;
    label.textContent = input.placeholder = this.#options.placeholder || this.#say("search");
    for (const part of [dialog, input, options]) part.setAttribute("aria-label", this.#say("search"));
    chips.setAttribute("aria-label", this.#say("suggestions"));
    shut.setAttribute("aria-label", this.#say("close"));
    const key = (signs, name) => make("span", {}, ...signs.map(sign => make("kbd", {}, sign)), ` ${this.#say(name)}`);
    keys.replaceChildren(key(["↑", "↓"], "move"), key(["↵"], "open"), key(["Esc"], "close"));
  }

  #say(name, values = {}) {
    let text = this.#strings[name];
    if (typeof text === "object") text = text[new Intl.PluralRules(this.#locale).select(values.n)] ?? text.other;
    const number = n => new Intl.NumberFormat(this.#locale).format(n);
    return String(text).replace(/\{(\w+)\}/g, (_, each) => (each === "n" ? number(values.n) : `\u2068${values[each]}\u2069`));
  }

  async #get(path, parameters, signal) {
    const url = new URL(`${path}?${new URLSearchParams(parameters)}`, this.#server).href;
    if (!this.#answers.has(url)) {
      const answer = await fetch(url, { signal, credentials: "omit" });
      if (!answer.ok) throw new Error(answer.status);
      const value = await answer.json();
      if (this.#answers.size > 50) this.#answers.clear();
      this.#answers.set(url, value);
    }
    return this.#answers.get(url);
  }

  #parameters(text, more = {}) {
    const { tags, categories } = this.#options;
    return [...(text ? [["q", text]] : []), ...categories.map(each => ["category", each]), ...tags.map(each => ["tag", each]), ...Object.entries(more)];
  }

  #page(text) {
    const search = new URLSearchParams(this.#parameters(text, text && this.#exact ? { exact: 1 } : {}));
    return new URL(`search${search.size ? `?${search}` : ""}`, this.#server).href;
  }

  // Addresses that the server gives may be those of the blog; whatever is no web address leads nowhere.
  #link(address) {
    const url = new URL(address, this.#server);
    return /^https?:$/.test(url.protocol) ? url.href : this.#server.href;
  }

  #typed() {
    this.#exact = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), DELAY);
  }

  // What is in the box is asked for; what was under way is given up, and an answer that comes late dropped.
  async #ask() {
    const { input, dialog } = this.#parts;
    const typed = input.value;
    const text = typed.trim();
    clearTimeout(this.#timer);
    if (this.#shown === `${this.#exact} ${text}`) return;
    const mine = ++this.#latest;
    this.#running?.abort();
    const running = this.#running = new AbortController();
    const patience = setTimeout(() => running.abort(), PATIENCE);
    const how = this.#exact ? { exact: 1 } : { live: 1 };
    const newest = this.#parameters("", { per_page: HITS });
    dialog.setAttribute("aria-busy", "true");
    try {
      const [results, completions] = await Promise.all([
        this.#get("api/search", text ? this.#parameters(typed, { ...how, per_page: HITS }) : newest, running.signal),
        text ? this.#get("api/suggest", { q: typed, limit: 8 }, running.signal).catch(() => null) : null
      ]);
      const instead = text && !results.total ? await this.#get("api/search", newest, running.signal) : results;
      if (mine !== this.#latest) return;
      this.#show(text, results, instead, completions?.suggestions ?? []);
      this.#shown = `${this.#exact} ${text}`;
    } catch {
      if (mine === this.#latest) this.#failed(text);
    }
    clearTimeout(patience);
    if (mine === this.#latest) dialog.removeAttribute("aria-busy");
  }

  #show(text, results, instead, completions) {
    const { chips, notes, all } = this.#parts;
    const found = text && results.total;
    const query = results.corrected ? results.did_you_mean : text;
    chips.replaceChildren(...this.#completed(text, completions));
    chips.hidden = !chips.children.length;
    notes.replaceChildren(...(text ? this.#notes(text, query, results) : []));
    if (!found && instead.total) notes.append(make("h2", {}, this.#say("newest")));
    this.#list(instead.hits);
    all.href = this.#page(found ? text : "");
    all.hidden = !instead.total;
    all.textContent = this.#say(found ? "all" : "browse", { n: instead.total });
    this.#announce(found || !text ? this.#say("results", { n: results.total }) : this.#say("none", { query }));
  }

  #notes(text, query, { total, corrected, did_you_mean: meant, mode }) {
    const button = (name, value, exact) => {
      const found = make("button", { type: "button" }, this.#say(name, { query: value }));
      found.addEventListener("click", () => {
        this.#exact = exact;
        this.open(value);
      });
      return found;
    };
    const notes = [];
    if (!total) notes.push(make("p", { class: "state" }, make("strong", {}, this.#say("none", { query })), this.#say("hint")));
    if (corrected) notes.push(make("p", {}, this.#say("corrected", { query }), " ", button("literal", text, true)));
    else if (meant) notes.push(make("p", {}, button("meant", meant, false)));
    if (total && mode === "any") notes.push(make("p", {}, this.#say("some")));
    return notes;
  }

  #completed(text, completions) {
    const free = !this.#options.tags.length && !this.#options.categories.length;
    const useful = completions.filter(({ kind, text: each, url }) =>
      kind === "query" ? each.toLowerCase() !== text.toLowerCase() : free && url && (kind === "category" || kind === "tag"));
    return useful.slice(0, 5).map(({ kind, text: each, url }) => {
      const chip = kind === "query" ? make("button", { type: "button" }) : make("a", { href: this.#link(url) });
      chip.append(make("span", {}, make("bdi", {}, each), ...(kind === "query" ? [] : [" ", make("small", {}, this.#say(kind))])));
      if (kind === "query") chip.addEventListener("click", () => this.open(each));
      return chip;
    });
  }

  #failed(text) {
    const { chips, notes, all } = this.#parts;
    this.#shown = null;
    chips.hidden = all.hidden = true;
    this.#list([]);
    notes.replaceChildren(make("p", { class: "state" }, make("strong", {}, this.#say("failed")), this.#say("later"), make("br", {}),
      make("a", { href: this.#page(text) }, this.#say("page"))));
    this.#announce(this.#say("failed"));
  }

  #list(hits) {
    const { list: options, input, body } = this.#parts;
    options.replaceChildren(...hits.flatMap(hit => this.#hit(hit)));
    [...options.children].forEach((option, at) => { option.id = `option-${at}`; });
    options.hidden = !hits.length;
    input.setAttribute("aria-expanded", String(!options.hidden));
    body.scrollTop = 0;
    this.#activate(hits.length ? 0 : -1);
  }

  #hit({ url, title, date, categories, highlights, language, section, sections }) {
    const day = date && new Intl.DateTimeFormat(this.#locale, { dateStyle: "long", timeZone: "UTC" }).format(new Date(date.slice(0, 10)));
    const about = [day, ...categories.slice(0, 2)].filter(Boolean).join(" · ");
    const under = (sections ?? (section?.title ? [section] : [])).filter(each => each.title && each.anchor).slice(0, SECTIONS);
    // Passages show what was found where it is; without them the article's own snippet does.
    const body = under.some(each => each.highlights?.body) ? "" : highlights.body;
    const option = (name, address, heading, note, text) => {
      const link = make("a", { class: name, role: "option", href: this.#link(address), tabindex: "-1", "aria-selected": "false" });
      link.append(make("b", { lang: language, dir: "auto" }, ...heading));
      if (note) link.append(make("small", {}, note));
      if (text) link.append(make("em", { lang: language, dir: "auto" }, ...marked(text)));
      return link;
    };
    return [
      option("hit", url, highlights.title ? marked(highlights.title) : [title], about, body),
      ...under.map(each => option(
        "hit under", each.url ?? `${url}#${encodeURIComponent(each.anchor)}`,
        each.highlights?.title ? marked(each.highlights.title) : [each.title], "", each.highlights?.body))
    ];
  }

  #activate(at, scroll = true) {
    const { list: options, input } = this.#parts;
    options.children[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = at;
    const option = options.children[at];
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    if (scroll && at) option.scrollIntoView({ block: "nearest" });
    else if (scroll) this.#parts.body.scrollTop = 0;
  }

  #pressed(event) {
    if (event.isComposing || event.keyCode === 229 || event.altKey) return;
    const { input, list: options } = this.#parts;
    const apart = event.ctrlKey || event.metaKey;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const many = options.children.length;
    if (event.key === "Escape") this.close();
    else if (apart && event.key.toLowerCase() === "k") this.open();
    else if (event.target !== input || event.shiftKey) return;
    else if (step && many && !apart) this.#activate((this.#active + step + many) % many);
    else if (event.key === "Enter") this.#enter(apart);
    else return;
    event.preventDefault();
  }

  // Until what was typed is answered, the first of what is shown is not what was meant.
  #enter(apart) {
    const text = this.#parts.input.value.trim();
    const current = this.#shown === `${this.#exact} ${text}`;
    const option = current && this.#parts.list.children[this.#active];
    const address = option ? option.href : this.#page(text);
    if (apart) return window.open(address, "_blank", "noopener");
    this.close();
    location.assign(address);
  }

  #announce(text) {
    clearTimeout(this.#saying);
    this.#saying = setTimeout(() => { this.#parts.said.textContent = text; }, 600);
  }

  // At the window, after every listener of the page: what the page takes for itself is not ours.
  #anywhere = event => {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    const apart = event.ctrlKey || event.metaKey;
    const writing = event.composedPath()[0].closest?.("input, textarea, select, [contenteditable]:not([contenteditable=false])");
    const wanted = apart ? !event.shiftKey && event.key.toLowerCase() === "k" : event.key === "/" && !writing;
    if (!wanted || document.querySelector("dialog:modal")) return;
    event.preventDefault();
    this.open();
  };
}

function place(script) {
  script[Symbol.for(NAME)] = true;
  const options = read(script);
  const element = document.createElement(NAME).setup(new URL(".", script.src), options);
  const put = () => {
    const target = options.target && document.querySelector(options.target);
    if (options.target && !target) warn(`data-target="${options.target}" is nowhere on this page; the box is put beside the script`);
    if (target) target.append(element);
    else if (document.body.contains(script)) script.after(element);
    else {
      element.toggleAttribute("floating", true);
      document.body.append(element);
    }
  };
  const early = document.readyState === "loading" && (options.target || !document.body?.contains(script));
  if (early) document.addEventListener("DOMContentLoaded", put, { once: true });
  else put();
}

// Several scripts may stand on one page. A module does not know its own element: it takes all that are left.
if (!customElements.get(NAME)) customElements.define(NAME, Search);
const scripts = document.currentScript ? [document.currentScript] : document.querySelectorAll("script[src*='/embed.js']");
for (const script of scripts) if (!script[Symbol.for(NAME)]) place(script);
})();
