// Reads the live data of the wallboard, and what the account's clients would meet in its place now.
import { LiveData } from "./page_data.js";
import { find } from "./common.js";

const KINDS = find("#wallboard").dataset.kinds.split(" ");

export class DashboardClient {
  constructor(login) {
    this.live = new LiveData(login);
    this.goodAt = Date.now();
    this.complaint = "";
  }

  get data() { return this.live.data; }

  async all() {
    await this.live.read();
    this.goodAt = Date.now();
    const blocked = this.data.blocked.filter(({ api, operation }) => api === "kpn" && [...KINDS, "any"].includes(operation));
    this.complaint = blocked.map(({ request, text }) => `${request} gets ${text}.`).join(" ");
  }

  frame() { return this.live.pages.read("/wallboard/day"); }
}
