// What an account is now: seed, clock, scenario, quota.
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

// The quota stands in the headers of every counted answer; asking for one that is not there would be an error.
export function showQuota(headers) {
  const told = (name) => headers.get(`quota-${name}`);
  const limit = told("limit");
  const words = `${limit} calls in ${told("interval")} ${told("time-unit")}; ${told("used")} used until ${told("reset-UTC")}.`;
  put(find("#quota-now"), limit ? words : "No quota.");
}
