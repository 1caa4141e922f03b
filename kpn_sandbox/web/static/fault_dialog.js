// A dialog that plans a fault for the operation of a request.
import { find, put } from "./common.js";
import { t } from "./words.js";

// Operations of one object: the fault may be for that object alone.
const KEYED = /^\/(?:.*\/)?(?:agent\/logid|queue\/number|trunk\/number)\/(\d{1,9})$/;

export class FaultDialog {
  constructor(client, done) {
    this.client = client;
    this.done = done;
    this.dialog = find("#fault");
    this.form = find("form", this.dialog);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.plan();
    });
    find("[data-close]", this.dialog).addEventListener("click", () => this.dialog.close());
  }

  open(entry) {
    this.entry = entry;
    this.key = entry.api === "kpn" ? entry.path.match(KEYED)?.[1] : undefined;
    this.form.reset();
    put(find("#fault-about"), t("For the next requests to {operation} of {api}.", { operation: entry.operation, api: entry.api }));
    find("#only-key").hidden = !this.key;
    put(find("#only-key span"), t("only for number {key}", { key: this.key ?? "" }));
    put(find(".bad", this.dialog), "");
    // What the request was answered is the fault most likely meant, if it was one.
    const { outcome } = this.form.elements;
    if ([...outcome.options].some((option) => option.value === String(entry.status))) outcome.value = String(entry.status);
    this.dialog.showModal();
  }

  async plan() {
    const { outcome, delay_ms: delay, times, key } = this.form.elements;
    const connection = "connection" in outcome.selectedOptions[0].dataset;
    const one = { ...(connection ? { connection: outcome.value } : { status: Number(outcome.value) }), ...(Number(delay.value) ? { delay_ms: Number(delay.value) } : {}) };
    const plan = { api: this.entry.api, operation: this.entry.operation, outcomes: Array.from({ length: Number(times.value) }, () => one) };
    if (this.key && key.checked) plan.key = this.key;
    try {
      await this.client.call("POST", "/faults", plan);
      this.dialog.close();
      this.done(t("Planned: the next {count} request to {operation} gets it.|Planned: the next {count} requests to {operation} get it.", { count: plan.outcomes.length, operation: plan.operation }));
    } catch (error) {
      put(find(".bad", this.dialog), error.message);
    }
  }
}
