// The request log, newest first, and the conduct rules that the client broke.
import { find, make, put } from "./common.js";

const SHOWN = 200;

export class RequestLog {
  constructor(actions) {
    this.actions = actions;
    this.newest = "";
    find("#filter").addEventListener("submit", (event) => {
      event.preventDefault();
      this.newest = "";
      this.read().catch((error) => put(find("#counted"), error.message));
    });
    actions.button(find("#forget"), () => ["DELETE", "/requests"]);
  }

  query() {
    const filters = new URLSearchParams({ limit: SHOWN });
    for (const name of ["api", "operation", "status"]) {
      const text = find("#filter").elements[name].value.trim();
      if (text) filters.set(name, text);
    }
    return `/requests?${filters}`;
  }

  async live() {
    if (find("#filter").elements.live.checked) await this.read();
  }

  async read() {
    const path = this.query();
    const { count, dropped, requests } = await this.actions.client.call("GET", path);
    this.actions.show(find("#filter"), ["GET", path]);
    put(find("#counted"), `${count} shown${dropped ? `, ${dropped} older ones are gone` : ""}`);
    const newest = `${path} ${count} ${requests.at(-1)?.id ?? ""} ${requests[0]?.id ?? ""}`;
    if (newest === this.newest) return;
    this.newest = newest;
    const latestFirst = requests.length > 1 && requests[0].received_at < requests.at(-1).received_at ? requests.toReversed() : requests;
    find("#requests").replaceChildren(...latestFirst.map((each) => this.row(each)));
    const { findings } = await this.actions.client.call("GET", "/conduct");
    const items = findings.map((each) => make("li", {}, make("b", {}, `▲ ${each.rule}`), `${each.count} times. ${each.advice}`));
    find("#conduct").replaceChildren(...(items.length ? items : [make("li", {}, "✓ Nothing to complain about.")]));
  }

  row({ at, method, path, query, api, operation, status, duration_ms: took, note }) {
    const cells = [at.slice(0, 19).replace("T", " "), `${method} ${path}${query ? `?${query}` : ""}`, `${api} ${operation || ""}`, status || "none", Math.round(took * 10) / 10, note || ""];
    return make("tr", { class: status >= 400 || !status ? "failed" : "" }, ...cells.map((text) => make("td", {}, String(text))));
  }
}
