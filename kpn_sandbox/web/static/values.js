// The values that KPN's API has, with every one a button that pins it.
import { find, make, put } from "./common.js";
import { LiveData } from "./page_data.js";
import { showQuota } from "./account.js";

const KEYS = { agents: "Logid", queues: "Number", trunks: "Number" };
const WORDS = { Status: ["AVAIL", "RINGING", "ACD", "ACW", "AUX", "UNSTAFF"], Direction: ["IN", "OUT"] };

export class Values {
  constructor(actions) {
    this.actions = actions;
    this.kind = "queues";
    this.pins = [];
    this.target = null;
    for (const button of document.querySelectorAll("[data-kind]")) button.addEventListener("click", () => this.choose(button));
    find("#look").addEventListener("click", () => this.read());
    actions.button(find("#unpin-all"), () => ["DELETE", "/pins"]);
    find("#pin form").addEventListener("submit", (event) => this.pin(event));
    find("#pin [data-close]").addEventListener("click", () => find("#pin").close());
  }

  choose(button) {
    this.kind = button.dataset.kind;
    for (const each of document.querySelectorAll("[data-kind]")) each.setAttribute("aria-pressed", String(each === button));
    return this.read();
  }

  async read() {
    put(find("#request"), `GET /${this.kind}`);
    this.pins = (await this.actions.client.call("GET", "/pins")).pins;
    this.showPins();
    this.live ??= new LiveData(this.actions.client.login, {});
    await this.live.read();
    showQuota(this.live.data.quota);
    this.show(this.live.data[this.kind]);
  }

  show(records) {
    if (!records.length) return find("#values").replaceChildren();
    const names = Object.keys(records[0]).filter((name) => !Array.isArray(records[0][name]));
    const pinned = new Map(this.pins.filter((pin) => pin.kind === this.kind).map((pin) => [pin.key, pin.fields]));
    const head = make("tr", {}, ...names.map((name) => make("th", { scope: "col" }, name)));
    const rows = records.map((record) => make("tr", {}, ...names.map((name) => this.cell(record, name, pinned.get(record[KEYS[this.kind]])))));
    return find("#values").replaceChildren(make("thead", {}, head), make("tbody", {}, ...rows));
  }

  cell(record, name, pinned) {
    const key = record[KEYS[this.kind]];
    if (name === KEYS[this.kind]) return make("th", { scope: "row" }, key);
    const text = record[name] === null ? "–" : record[name];
    const label = `${name} of ${key}: ${text}${pinned && name in pinned ? ", pinned" : ""}`;
    return make("td", {}, make("button", {
      type: "button", "aria-label": label, class: pinned && name in pinned ? "pinned" : "", "data-pin": `${key} ${name}`,
      onclick: () => this.open(key, name, record[name], pinned),
    }, text));
  }

  open(key, name, value, pinned) {
    this.target = { key, name, fields: pinned || {} };
    const dialog = find("#pin");
    put(find("#h-pin"), `Pin ${name} of ${this.kind.slice(0, -1)} ${key}`);
    dialog.querySelector("form").reset();
    find("[name=value]", dialog).value = value ?? "";
    find("#words").replaceChildren(...(WORDS[name] || []).map((word) => make("option", { value: word })));
    put(find(".bad", dialog), "");
    dialog.showModal();
    find("[name=value]", dialog).select();
  }

  async pin(event) {
    event.preventDefault();
    const { key, name, fields } = this.target;
    const { value, reads, expires_at: expires } = event.target.elements;
    const body = { fields: { ...fields, [name]: value.value === "" ? null : value.value } };
    if (reads.value) body.reads = Number(reads.value);
    if (expires.value) body.expires_at = expires.value.trim();
    const good = await this.actions.act(find("#pin"), ["PUT", `/pins/${this.kind}/${key}`, body]);
    if (good) find("#pin").close();
    else put(find("#pin .bad"), find("#message").textContent);
  }

  showPins() {
    find("#pins").replaceChildren(...this.pins.map((pin) => {
      const drop = make("button", { type: "button", class: "danger", "aria-label": `Unpin ${pin.kind} ${pin.key}` }, "Unpin");
      const rest = [pin.reads ? `${pin.reads} answers left` : "", pin.expires_at ? `until ${pin.expires_at}` : ""];
      const item = make("li", {}, make("b", {}, `${pin.kind} ${pin.key}`), JSON.stringify(pin.fields), rest.filter(Boolean).join(", "), drop);
      queueMicrotask(() => this.actions.button(drop, () => ["DELETE", `/pins/${pin.kind}/${pin.key}`]));
      return item;
    }));
  }
}
