// Reads the data of the wallboard, and what the account's clients would meet in its place now.
import { blockedText } from "./blocked.js";
import { LiveData } from "./page_data.js";
import { find } from "./common.js";
import { t } from "./words.js";

const KINDS = find("#wallboard").dataset.kinds.split(" ");

export class DashboardClient {
  constructor(login, view) {
    this.live = new LiveData(login);
    this.account = this.live.pages.parameters.account;
    Object.assign(this, { view, goodAt: Date.now(), complaint: "" });
  }

  get data() { return this.live.data; }

  get shownAt() { return Date.parse(this.data.at); }

  async all() {
    this.live.pages.parameters = { ...(this.account ? { account: this.account } : {}), ...this.view.parameters };
    await this.live.read();
    this.goodAt = Date.now();
    const blocked = this.data.blocked.filter(({ api, operation }) => api === "kpn" && [...KINDS, "any"].includes(operation));
    this.complaint = blocked.map(blockedText).map(([request, text]) => t("{request} gets {text}.", { request, text })).join(" ");
  }

  read(path, parameters = {}) { return this.live.pages.read(`/wallboard/${path}`, { at: this.data.at, ...parameters }); }
}
