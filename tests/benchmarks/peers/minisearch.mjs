// MiniSearch in Node, measured as measure.py measures the others.
// node minisearch.mjs <node_modules> build|<variant> <folder>
import { createReadStream, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const ROUNDS = 7, BUDGET = 1000;
const [modules, step, folder] = process.argv.slice(2);
const MiniSearch = createRequire(`${modules}/`)("minisearch");
const options = { fields: ["title", "body"], storeFields: ["category", "tags"], searchOptions: { boost: { title: 3 } } };
const file = `${folder}/minisearch/index.json`;

function memory() {
  const kilobytes = (path, key) => 1024 * Number(readFileSync(path, "utf8").match(new RegExp(`${key}:\\s+(\\d+)`))[1]);
  return {
    peak: kilobytes("/proc/self/status", "VmHWM"),
    anonymous: kilobytes("/proc/self/smaps_rollup", "Anonymous"),
  };
}

async function build() {
  const began = performance.now();
  mkdirSync(`${folder}/minisearch`, { recursive: true });
  const index = new MiniSearch(options);
  for await (const line of createInterface({ input: createReadStream(`${folder}/articles.jsonl`) })) {
    index.add(JSON.parse(line));
  }
  writeFileSync(file, JSON.stringify(index));
  return { seconds: (performance.now() - began) / 1000, memory: memory() };
}

function search(index, request) {
  if (request.phrase) return null;
  const filter = ({ category, tags }) =>
    (!request.category || category === request.category) && (!request.tag || tags.includes(request.tag));
  const found = index.search(request.words.join(" "), { combineWith: "AND", prefix: request.prefix, filter });
  const categories = {}, tags = {};
  for (const hit of found) {
    categories[hit.category] = (categories[hit.category] || 0) + 1;
    for (const tag of hit.tags) tags[tag] = (tags[tag] || 0) + 1;
  }
  return { top: found.slice(0, 10).map(({ id }) => id), total: found.length, categories, tags };
}

function queries() {
  const requests = JSON.parse(readFileSync(`${folder}/requests.json`, "utf8"));
  let began = performance.now();
  const index = MiniSearch.loadJSON(readFileSync(file, "utf8"), options);
  search(index, requests[0]);
  const opened = performance.now() - began;
  const once = (request) => {
    began = performance.now();
    const answer = search(index, request);
    return [performance.now() - began, answer];
  };
  const found = requests.map((request) => {
    const [first, answer] = once(request);
    return answer && { first, answer, times: [] };
  });
  requests.forEach((request, number) => {
    const entry = found[number];
    if (!entry) return;
    let spent = 0;
    while (entry.times.length < ROUNDS && spent < BUDGET) {
      entry.times.push(once(request)[0]);
      spent += entry.times.at(-1);
    }
    entry.ms = Math.min(...entry.times);
  });
  return { opened, queries: found, memory: memory() };
}

process.stdout.write(JSON.stringify(step === "build" ? await build() : queries()));
