// The account's seed, clock, scenario and quota.
import { find, make, put } from "./common.js";

export function showAccount(account) {
  const rows = { "Client id": account.client_id, Seed: account.seed, Scenario: account.scenario, "Made at": account.created_at };
  find("#account").replaceChildren(...Object.entries(rows).map(([name, text]) => make("div", {}, make("dt", {}, name), make("dd", {}, String(text ?? "–")))));
  put(find("#replay"), account.replay);
}

export function showClock({ mode, at, speed }) {
  put(find("#now"), `${at.slice(0, 10)} ${at.slice(11, 19)}`);
  put(find("#mode"), mode === "frozen" ? "❚❚ frozen" : speed === 1 ? "▶ running" : `▶ running × ${speed}`);
}

export function showScenario(scenario) {
  for (const button of document.querySelectorAll("[data-scenario]")) {
    button.setAttribute("aria-pressed", String(button.dataset.scenario === scenario.name));
  }
}

// The quota is read from the headers of a counted answer; requesting one that is not set would be an error.
export function showQuota(headers) {
  const header = (name) => headers.get(`quota-${name}`);
  const limit = header("limit");
  const words = `${limit} calls in ${header("interval")} ${header("time-unit")}; ${header("used")} used until ${header("reset-UTC")}.`;
  put(find("#quota-now"), limit ? words : "No quota.");
}
