// Two instants, scenarios, seeds or accounts side by side: what differs in agents, queues and trunks.
import { find, make, put } from "./common.js";
import { t } from "./words.js";
import { PageData } from "./page_data.js";
import { usePageLogin } from "./page_login.js";
import { differences, keyOf, nameOf } from "./differences.js";
import { saveCsv } from "./chart_export.js";

const KINDS = [...document.querySelectorAll("[data-kind]")].map((element) => element.dataset.kind);
const SIDES = ["left", "right"];
const FIELDS = ["at", "scenario", "seed", "account"];
// What is compared when nobody has chosen anything yet.
const EXAMPLE = { left: { at: "09:00" }, right: { at: "10:00" } };

const form = find("#sides");
const fieldset = (side) => find(`[data-side=${side}]`, form);
const field = (side, name) => find(`[name=${name}]`, fieldset(side));
let login = null;
let data = null;

function chosen(side) {
  const values = Object.fromEntries(FIELDS.map((name) => [name, field(side, name).value.trim()]).filter(([, value]) => value));
  // Now is what the account shows anyway.
  if (values.at === "now" || values.at === "nu") delete values.at;
  return values;
}

async function read(side) {
  const { account, ...shown } = chosen(side);
  const secret = field(side, "secret").value;
  const alarm = find(".trouble", fieldset(side));
  put(alarm, "");
  try {
    const pages = account && secret ? new PageData({ id: account, secret }, shown) : new PageData(login, { ...shown, ...(account ? { account } : {}) });
    const found = await pages.read("/wallboard/live");
    put(find("[data-shown]", fieldset(side)), `${found.client_id} · ${found.at.slice(0, 19).replace("T", " ")} · ${found.scenario}`);
    return found;
  } catch (error) {
    const [wrong] = error.errors ?? [];
    put(alarm, `▲ ${wrong ? t("{field} must be {allowed}", wrong) : error.message}`);
    throw error;
  }
}

function keepInAddress() {
  const url = new URL(location.href);
  for (const side of SIDES) {
    const values = chosen(side);
    for (const name of FIELDS) {
      if (values[name]) url.searchParams.set(`${side}_${name}`, values[name]);
      else url.searchParams.delete(`${side}_${name}`);
    }
  }
  history.replaceState(null, "", url);
}

const shown = (value) => (value === null || value === undefined ? "–" : value);

function cell(change, value) {
  if (!change) return make("td", {}, shown(value));
  if (change.count) return make("td", { class: "other" }, t("{count} differs: {ports}|{count} differ: {ports}", { count: change.count, ports: change.after }));
  const more = change.after - change.before;
  const figure = change.before !== null && change.after !== null && Number.isFinite(more) ? [" ", make("small", {}, `${more > 0 ? "+" : ""}${more}`)] : [];
  return make("td", { class: "other" }, make("del", {}, shown(change.before)), " → ", make("ins", {}, shown(change.after)), ...figure);
}

function row(kind, { number, name, side, left, right, changes }, columns) {
  const head = [make("th", { scope: "row" }, number), make("td", {}, shown(name))];
  if (side !== "both") return make("tr", {}, ...head, make("td", { class: "other", colspan: columns.length || 1 }, side === "left" ? t("only on the left") : t("only on the right")));
  return make("tr", {}, ...head, ...columns.map((column) => cell(changes[column], (right ?? left)[column])));
}

function showKind(kind) {
  const found = differences(kind, data.left[kind], data.right[kind], find("#durations").checked);
  const named = new Set(found.flatMap((each) => (each.side === "both" ? Object.keys(each.changes) : [])));
  named.delete(nameOf(kind));
  const order = [...Object.keys(data.left[kind][0] ?? data.right[kind][0] ?? {})];
  const columns = [...named].sort((one, other) => order.indexOf(one) - order.indexOf(other));
  const heads = [keyOf(kind), nameOf(kind), ...columns].map((name) => make("th", { scope: "col" }, name));
  put(find(`#count-${kind}`), t("{count} of {total} differs|{count} of {total} differ", { count: found.length, total: new Set([...data.left[kind], ...data.right[kind]].map((each) => each[keyOf(kind)])).size }));
  find(`#${kind}`).replaceChildren(found.length
    ? make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...found.map((each) => row(kind, each, columns))))
    : make("p", { class: "note" }, t("Nothing differs.")));
}

async function compare() {
  keepInAddress();
  put(find("#message"), t("Reading …"));
  const sides = await Promise.allSettled(SIDES.map(read));
  const refusal = sides.map((each) => each.reason).find((error) => error && refused(error));
  if (refusal) return;
  find("#login").hidden = true;
  find("#shown").hidden = false;
  put(find("#message"), "");
  if (sides.some((each) => each.status === "rejected")) return;
  data = { left: sides[0].value, right: sides[1].value };
  KINDS.forEach(showKind);
}

function saveDifferences() {
  const rows = KINDS.flatMap((kind) => differences(kind, data.left[kind], data.right[kind], find("#durations").checked).flatMap(({ number, name, side, changes }) => (
    side === "both" ? Object.entries(changes).map(([column, { before, after }]) => [kind, number, name, column, before ?? "", after ?? ""]) : [[kind, number, name, side, "", ""]])));
  saveCsv([["kind", "number", "name", "field", "left", "right"], ...rows], "compare.csv");
}

async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    put(find("#message"), t("Copied"));
  } catch {
    put(find("#message"), t("The browser did not allow copying: the link is in the address bar."));
  }
}

function swap() {
  for (const name of [...FIELDS, "secret"]) {
    const [left, right] = SIDES.map((side) => field(side, name));
    [left.value, right.value] = [right.value, left.value];
  }
  compare();
}

function fill() {
  const given = new URLSearchParams(location.search);
  const any = SIDES.some((side) => FIELDS.some((name) => given.get(`${side}_${name}`)));
  for (const side of SIDES) {
    for (const name of FIELDS) field(side, name).value = any ? given.get(`${side}_${name}`) ?? "" : EXAMPLE[side][name] ?? "";
    find("details", fieldset(side)).open = Boolean(field(side, "account").value);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  compare();
});
find("#swap").addEventListener("click", swap);
find("#link").addEventListener("click", copyLink);
find("#csv").addEventListener("click", () => data && saveDifferences());
find("#durations").addEventListener("change", () => data && KINDS.forEach(showKind));
fill();
const refused = usePageLogin(find("#login"), (given) => {
  login = given;
  compare();
});
