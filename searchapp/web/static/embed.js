// A search box for any page: <script src="https://search.example.org/embed.js"></script>. It is the custom element
// <searchapp-search>, made where the script stands; open() and close() of it may be called, nothing else is global.
// Everything is in a shadow root, and nothing that came over the network ever becomes HTML.
(() => {
"use strict";

const NAME = "searchapp-search";
const DELAY = 120;
const REST = 1500;
const NOTED = true;
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

// Where the box will be, until its style sheet has come: nothing on the page moves then.
const ROOM = `
:host { all: initial !important; display: inline-block !important; inline-size: 240px; block-size: 44px; max-inline-size: 100% }
.root { visibility: hidden }
`;

// What data-… may say: the default, and how text is read. What throws or gives undefined is a bad value.
const one = (...values) => text => values.find(each => each === text);
const list = t => (t.match(/"[^"]*"|[^,"]+/g) ?? []).map(e => e.replace(/"/g, "").trim()).filter(Boolean);
const OPTIONS = {
  target: ["", text => (document.querySelector(text), text)],
  placeholder: ["", String],
  tags: [[], list],
  categories: [[], list],
  filters: [[], text => [...new URLSearchParams(text)]],
  lang: ["", text => Intl.getCanonicalLocales(text)[0]],
  theme: ["auto", one("auto", "light", "dark")],
  shortcuts: ["on", one("on", "off")],
  strings: [{}, text => ({ ...JSON.parse(text) })]
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
  #server; #options; #filters; #strings; #locale = "en"; #parts; #answers = new Map();
  #latest = 0; #running; #timer; #saying; #shown = null; #exact = false; #active = -1;
  #sought = { text: "" }; #held = null; #told = new Set();

  // server: a URL that ends with a slash. options: as `read` gives them.
  setup(server, options) {
    this.#server = server;
    this.#options = options;
    this.#filters = [...options.categories.map(each => ["category", each]), ...options.tags.map(each => ["tag", each]), ...options.filters];
    this.#strings = { ...STRINGS, ...options.strings };
    return this;
  }

  connectedCallback() {
    if (!this.#server) return;
    if (!this.#parts) this.#build();
    if (this.#options.shortcuts === "on") addEventListener("keydown", this.#anywhere);
    addEventListener("pagehide", this.#settle);
  }

  disconnectedCallback() {
    removeEventListener("keydown", this.#anywhere);
    removeEventListener("pagehide", this.#settle);
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
    sheet.replaceSync(ROOM);
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(parts.root);
    this.#dress(sheet);
    if (this.#options.theme !== "auto") this.setAttribute("theme", this.#options.theme);
    this.#listen();
    this.#name("en", "ltr");
    this.#translate();
  }

  // Without its style the box is plain, but there.
  async #dress(sheet) {
    let style = "";
    try {
      const answer = await fetch(new URL("embed.css", this.#server), { credentials: "omit" });
      if (answer.ok) style = await answer.text();
    } catch { /* plain */ }
    sheet.replaceSync(style);
    // What cannot be seen cannot have the focus.
    if (this.#parts.dialog.open) this.#parts.input.focus();
  }

  #listen() {
    const { opener, dialog, input, shut, body, list: options } = this.#parts;
    opener.addEventListener("click", () => this.open());
    dialog.addEventListener("close", this.#settle);
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
    for (const type of ["click", "auxclick"]) this.#parts.root.addEventListener(type, event => {
      const apart = event.ctrlKey || event.metaKey || event.shiftKey || event.button;
      const link = event.button < 2 && event.target.closest("a");
      if (link) this.#follow(link);
      if (link && !apart) this.close();
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
    return [...(text ? [["q", text]] : []), ...this.#filters, ...Object.entries(more)];
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
      this.#seek(text, how, results);
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
    this.#list(instead.hits, found);
    all.href = this.#page(found ? text : "");
    all.hidden = !instead.total;
    all.textContent = this.#say(found ? "all" : "browse", { n: instead.total });
    this.#announce(found || !text ? this.#say("results", { n: results.total }) : this.#say("none", { query }));
  }

  // Keystrokes become what is sought: the longest of what was typed in one go, told when it is left. Nothing tells who.
  #seek(typed, how, { total, mode, corrected }) {
    const text = typed.toLowerCase();
    const { text: before, since } = this.#sought;
    if (before !== text && Date.now() - since > REST) this.#held ??= this.#sought;
    this.#sought = { text, since: Date.now(), search: `${new URLSearchParams(this.#parameters(typed, how))}`, found: { total, mode, corrected } };
    if (this.#held && text.startsWith(this.#held.text)) this.#held = this.#sought;
    if (this.#held && !this.#held.text.startsWith(text)) this.#tell(this.#held);
  }

  #tell({ text, search, found }, clicks = []) {
    this.#held = null;
    const told = this.#told.has(text);
    if (!NOTED || !text || (told && !clicks.length)) return;
    this.#told.add(text);
    navigator.sendBeacon(new URL("api/intents", this.#server), JSON.stringify({ search, interface: "widget", clicks, ...(told ? {} : found) }));
  }

  // The search page counts who goes there.
  #follow(link) {
    if (link.hit) this.#tell(this.#sought, [link.hit]);
    else if (link.href.startsWith(`${this.#server}search`)) this.#told.add(this.#sought.text);
  }

  #settle = () => {
    if (this.#held?.text.startsWith(this.#sought.text)) this.#told.add(this.#sought.text);
    this.#tell(this.#held ?? this.#sought);
  };

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
    const useful = completions.filter(({ kind, text: each, url }) =>
      kind === "query" ? each.toLowerCase() !== text.toLowerCase() : !this.#filters.length && url && kind !== "article");
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

  #list(hits, found) {
    const { list: options, input, body } = this.#parts;
    options.replaceChildren(...hits.flatMap((hit, at) =>
      this.#hit(hit).map(link => Object.assign(link, { hit: found && { id: hit.id, rank: at + 1 } }))));
    [...options.children].forEach((option, at) => { option.id = `option-${at}`; });
    options.hidden = !hits.length;
    input.setAttribute("aria-expanded", String(!options.hidden));
    body.scrollTop = 0;
    this.#activate(hits.length ? 0 : -1);
  }

  #hit({ url, passage_url: passage = url, title, date, categories, highlights, language, section, sections }) {
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
      option("hit", passage, highlights.title ? marked(highlights.title) : [title], about, body),
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
    this.#follow(option || { href: address });
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
