// The request log live: rows, filter, pause, keyboard; a row opens the request's details.
import { enableCopyButtons, find, make, put } from "./common.js";
import { t, number } from "./words.js";
import { useLogin } from "./account_login.js";
import { LiveLog } from "./live_log.js";
import { Details } from "./request_details.js";
import { why } from "./reasons.js";

const CAPACITY = 1000;

const rows = find("#rows");
const entries = new Map();
let held = [];
let active = null;
let details = null;
let live = null;

const target = ({ method, path, query }) => `${method} ${path}${query ? `?${query}` : ""}`;
const failed = ({ status }) => status >= 400 || !status;
const statusText = ({ status }) => (status ? String(status) : t("none"));

function row(entry) {
  const owner = entry.client_id === null ? [" ", make("span", { class: "owner" }, t("of no account"))] : [];
  const opener = make("button", { type: "button", tabindex: "-1" }, target(entry));
  const cells = [
    make("td", {}, entry.received_at.slice(11, 23)),
    make("td", {}, entry.at.slice(0, 19).replace("T", " ")),
    make("td", {}, opener, ...owner),
    make("td", { class: "status" }, statusText(entry)),
    make("td", { class: "figure" }, number(entry.duration_ms, entry.duration_ms < 10 ? 1 : 0)),
    make("td", {}, why(entry.reason)),
  ];
  const element = make("tr", { "data-id": entry.id, class: failed(entry) ? "failed" : "" }, ...cells);
  const text = [target(entry), entry.api, entry.operation, entry.status, entry.reason, entry.note, why(entry.reason), entry.client_id, entry.id];
  entries.set(element, { entry, text: text.join(" ").toLowerCase() });
  return element;
}

// Words that must occur; those with a minus before them must not.
function matches({ entry, text }, words) {
  if (find("#only-errors").checked && !failed(entry)) return false;
  return words.every((word) => (word.startsWith("-") && word.length > 1 ? !text.includes(word.slice(1)) : text.includes(word)));
}

const words = () => find("#filter").value.toLowerCase().split(/\s+/).filter(Boolean);

function filter() {
  const wanted = words();
  // The address finds the same again.
  const url = new URL(location.href);
  if (find("#filter").value) url.searchParams.set("filter", find("#filter").value);
  else url.searchParams.delete("filter");
  history.replaceState(null, "", url);
  for (const [element, known] of entries) element.hidden = !matches(known, wanted);
  count();
}

function count() {
  const shown = rows.querySelectorAll("tr:not([hidden])").length;
  put(find("#counted"), shown === entries.size ? t("{count} request|{count} requests", { count: shown }) : t("{shown} of {count} requests", { shown, count: entries.size }));
  put(find("#pause"), held.length ? t("Resume ({count} new)", { count: held.length }) : find("#pause").getAttribute("aria-pressed") === "true" ? t("Resume") : t("Pause"));
  find("#empty").hidden = entries.size > 0;
  if (!rows.contains(document.activeElement)) activate(rows.querySelector("[aria-current]:not([hidden])") ?? rows.querySelector("tr:not([hidden])"));
}

function drop(element) {
  entries.delete(element);
  element.remove();
}

function add(news) {
  const wanted = words();
  const fragment = document.createDocumentFragment();
  for (const entry of news) {
    const element = row(entry);
    element.hidden = !matches(entries.get(element), wanted);
    fragment.prepend(element);
  }
  rows.prepend(fragment);
  while (entries.size > CAPACITY) drop(rows.lastElementChild);
  count();
}

function received({ cleared, requests }) {
  if (cleared) {
    held = [];
    for (const [element, { entry }] of [...entries]) if (entry.client_id !== null) drop(element);
  }
  if (find("#pause").getAttribute("aria-pressed") === "true") {
    held = [...held, ...requests].slice(-CAPACITY);
    count();
  } else add(requests);
}

// One row at a time can be reached by Tab; the arrow keys move among them.
function activate(element, focus = false) {
  if (active && active !== element) find("button", active).tabIndex = -1;
  active = element;
  if (!element) return;
  find("button", element).tabIndex = 0;
  if (focus) find("button", element).focus();
}

function open(element) {
  rows.querySelector("[aria-current]")?.removeAttribute("aria-current");
  element.setAttribute("aria-current", "true");
  activate(element);
  details.show(entries.get(element).entry);
}

function step(event) {
  const shown = [...rows.querySelectorAll("tr:not([hidden])")];
  const place = shown.indexOf(event.target.closest("tr"));
  const next = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: shown.length - 1 }[event.key];
  if (next !== undefined && shown[next]) {
    event.preventDefault();
    activate(shown[next], true);
  } else if (event.key === "/") {
    event.preventDefault();
    find("#filter").focus();
  }
}

function follow(client, login) {
  live?.stop();
  for (const element of [...entries.keys()]) drop(element);
  held = [];
  const owners = { account: login.id, ...(find("#nobody").checked ? { nobody: 1 } : {}) };
  const states = { live: t("● Live"), polling: t("● Live, once a second") };
  const state = (name, error) => put(find("#connection"), states[name] ?? t("▲ No connection: {reason}", { reason: error.message }));
  live = new LiveLog({ authorization: client.authorization, owners, received, state });
}

async function saveArchive(client) {
  const wanted = new Set([...rows.querySelectorAll("tr:not([hidden])")].map((element) => element.dataset.id));
  const archive = await details.archive();
  archive.log.entries = archive.log.entries.filter((each) => wanted.has(each._id));
  const url = URL.createObjectURL(new Blob([JSON.stringify(archive, null, 2)], { type: "application/json" }));
  make("a", { href: url, download: `${client.id}.har` }).click();
  URL.revokeObjectURL(url);
}

function connectControls(client, login) {
  find("#filter").value = new URLSearchParams(location.search).get("filter") ?? "";
  find("#filter").addEventListener("input", filter);
  find("#only-errors").addEventListener("change", filter);
  find("#nobody-choice").hidden = !login.token;
  find("#nobody").addEventListener("change", () => follow(client, login));
  find("#pause").addEventListener("click", () => {
    const paused = find("#pause").getAttribute("aria-pressed") === "true";
    find("#pause").setAttribute("aria-pressed", String(!paused));
    add(held.splice(0));
  });
  find("#clear").addEventListener("click", () => client.call("DELETE", "/requests").catch((error) => put(find("#connection"), error.message)));
  find("#save-har").addEventListener("click", () => saveArchive(client));
  rows.addEventListener("keydown", step);
  rows.addEventListener("click", (event) => open(event.target.closest("tr")));
}

useLogin(find("#login"), (client, login) => {
  find("#shown").hidden = false;
  details = new Details(client, login, () => {
    rows.querySelector("[aria-current]")?.removeAttribute("aria-current");
    // The row may be gone by now.
    (active?.isConnected && !active.hidden ? find("button", active) : find("#filter")).focus();
  });
  // The line is one for the demo account.
  if (find("#try")) find("#try").hidden = login.id !== find("#login").client_id.defaultValue;
  enableCopyButtons(document);
  connectControls(client, login);
  follow(client, login);
});
