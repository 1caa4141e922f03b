// The last requests of the account's clients, and what the clients could do better.
import { find, make, put } from "./common.js";
import { t } from "./words.js";

export function showRequests(requests) {
  find("#requests").replaceChildren(...requests.toReversed().map(row));
  find("#no-requests").hidden = requests.length > 0;
}

function row({ received_at: at, method, path, query, api, operation, status, reason, note }) {
  const request = make("td", { title: `${api} ${operation || ""}` }, `${method} ${path}${query ? `?${query}` : ""}`);
  const cells = [at.slice(11, 19), request, status || t("none"), reason || note || ""];
  return make("tr", { class: status >= 400 || !status ? "failed" : "" }, ...cells.map((cell) => (cell instanceof Element ? cell : make("td", {}, String(cell)))));
}

export function showConduct(findings) {
  const items = findings.map((each) => make("li", {}, make("b", {}, `▲ ${each.rule}`), make("span", {}, t("{count} time.|{count} times.", { count: each.count })), each.advice));
  find("#conduct").replaceChildren(...(items.length ? items : [make("li", {}, t("✓ Nothing to complain about."))]));
}

export function connectRequests(actions) {
  actions.button(find("#forget"), () => ({ method: "DELETE", path: "/requests", said: t("The log is empty.") }));
  put(find("#conduct"), "");
}
