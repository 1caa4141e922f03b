// Pins: which value of which object stays as it is, chosen in the form or in the table of all values.
import { find, make, put, replaceItems } from "./common.js";
import { instantOf } from "./account.js";
import { t } from "./words.js";

const KEYS = { agents: "Logid", queues: "Number", trunks: "Number" };
const NAMES = { agents: "Agent", queues: "Name", trunks: "Name" };
const WORDS = { Status: ["AVAIL", "RINGING", "ACD", "ACW", "AUX", "UNSTAFF"], Direction: ["IN", "OUT"] };

export class Pins {
  // `live` returns the live data, which has the values that a client would see.
  constructor(actions, live) {
    Object.assign(this, { actions, live, pins: [], kind: find("#console").dataset.kind, filled: "" });
    this.form = find("#pin");
    const { kind, key, field } = this.form.elements;
    kind.addEventListener("change", () => this.fill());
    for (const select of [key, field]) select.addEventListener("change", () => this.choose());
    actions.form(this.form, () => this.plan());
    actions.button(find("#unpin-all"), () => ({ method: "DELETE", path: "/pins", said: t("There are no pins any more.") }));
    this.dialog = find("#values-dialog");
    find("#open-values").addEventListener("click", () => { this.showTable(); this.dialog.showModal(); });
    for (const button of this.dialog.querySelectorAll("[data-kind]")) button.addEventListener("click", () => { this.kind = button.dataset.kind; this.showTable(); });
  }

  rows(kind) { return this.live()[kind]; }

  // Called with every change of the live data; the choices are made anew only when the objects are others.
  refresh() {
    const kind = this.form.elements.kind.value;
    const signature = `${kind} ${this.rows(kind).map((row) => row[KEYS[kind]]).join(" ")}`;
    if (signature !== this.filled) this.fill();
    this.showNow();
  }

  fill() {
    const { kind: { value: kind }, key, field } = this.form.elements;
    const rows = this.rows(kind);
    this.filled = `${kind} ${rows.map((row) => row[KEYS[kind]]).join(" ")}`;
    const [before, name] = [key.value, field.value];
    key.replaceChildren(...rows.map((row) => make("option", { value: row[KEYS[kind]] }, `${row[KEYS[kind]]} ${row[NAMES[kind]]}`)));
    const names = Object.keys(rows[0] || {}).filter((each) => each !== KEYS[kind] && !Array.isArray(rows[0][each]));
    field.replaceChildren(...names.map((each) => make("option", {}, each)));
    if (rows.some((row) => row[KEYS[kind]] === before)) key.value = before;
    if (names.includes(name)) field.value = name;
    this.choose();
  }

  current() {
    const { kind: { value: kind }, key, field } = this.form.elements;
    return this.rows(kind).find((row) => row[KEYS[kind]] === key.value)?.[field.value];
  }

  choose() {
    const { field, value } = this.form.elements;
    value.value = this.current() ?? "";
    find("#words").replaceChildren(...(WORDS[field.value] || []).map((word) => make("option", { value: word })));
    this.showNow();
  }

  showNow() { put(find("#value-now"), t("now {value}", { value: this.current() ?? t("none") })); }

  plan() {
    const { kind: { value: kind }, key: { value: key }, field, value, reads, expires_at: until } = this.form.elements;
    const before = this.pins.find((pin) => pin.kind === kind && pin.key === key)?.fields ?? {};
    const body = { fields: { ...before, [field.value]: value.value === "" ? null : value.value } };
    if (reads.value) body.reads = Number(reads.value);
    if (until.value) body.expires_at = instantOf(until.value);
    return { method: "PUT", path: `/pins/${kind}/${encodeURIComponent(key)}`, body, said: (pin) => this.said(pin, field.value) };
  }

  said({ kind, key, fields }, name) {
    return t("{name} of {key} in {kind} stays {value}.", { name, key, kind, value: fields[name] ?? t("none") });
  }

  show(pins) {
    this.pins = pins;
    replaceItems(find("#pins"), pins.map((pin) => this.item(pin)), find("#unpin-all"));
    if (this.dialog.open) this.showTable();
  }

  item(pin) {
    const drop = make("button", { type: "button", class: "danger", "aria-label": t("Remove the pin of {object}", { object: `${pin.kind} ${pin.key}` }) }, t("Remove"));
    const values = Object.entries(pin.fields).map(([name, value]) => `${name} = ${value ?? t("none")}`).join(", ");
    const rest = [pin.reads ? t("{count} answer left|{count} answers left", { count: pin.reads }) : "", pin.expires_at ? t("until {until}", { until: pin.expires_at.slice(0, 19).replace("T", " ") }) : ""];
    this.actions.button(drop, () => ({ method: "DELETE", path: `/pins/${pin.kind}/${encodeURIComponent(pin.key)}`, said: t("The pin is removed.") }));
    return make("li", {}, make("b", {}, `${pin.kind} ${pin.key}`), make("span", {}, values), make("span", { class: "note" }, rest.filter(Boolean).join(", ")), drop);
  }

  showTable() {
    const { kind } = this;
    for (const each of this.dialog.querySelectorAll("[data-kind]")) each.setAttribute("aria-pressed", String(each.dataset.kind === kind));
    const rows = this.rows(kind);
    const names = Object.keys(rows[0] || {}).filter((name) => !Array.isArray(rows[0][name]));
    const pinned = new Map(this.pins.filter((pin) => pin.kind === kind).map((pin) => [pin.key, pin.fields]));
    const head = make("tr", {}, ...names.map((name) => make("th", { scope: "col" }, name)));
    const body = rows.map((row) => make("tr", {}, ...names.map((name) => this.cell(row, name, pinned.get(row[KEYS[kind]])))));
    find("#values").replaceChildren(make("thead", {}, head), make("tbody", {}, ...body));
  }

  cell(row, name, pinned) {
    const [key, text] = [row[KEYS[this.kind]], row[name] ?? "–"];
    if (name === KEYS[this.kind]) return make("th", { scope: "row" }, key);
    const isPinned = Boolean(pinned && name in pinned);
    const label = isPinned ? t("{name} of {key}: {value}, pinned", { name, key, value: text }) : t("{name} of {key}: {value}", { name, key, value: text });
    return make("td", {}, make("button", { type: "button", "aria-label": label, class: isPinned ? "pinned" : "", "data-pin": `${key} ${name}`, onclick: () => this.take(key, name) }, text));
  }

  take(key, name) {
    const { elements } = this.form;
    elements.kind.value = this.kind;
    this.fill();
    elements.key.value = key;
    elements.field.value = name;
    this.choose();
    this.dialog.close();
    elements.value.select();
  }
}
