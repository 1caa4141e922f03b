// The account's seed, clock, scenario and quota.
import { find, make, put } from "./common.js";

export function showAccount(account) {
  const rows = { "Client id": account.client_id, Seed: account.seed, Scenario: account.scenario, "Made at": account.created_at };
  find("#account").replaceChildren(...Object.entries(rows).map(([name, text]) => make("div", {}, make("dt", {}, name), make("dd", {}, String(text ?? "–")))));
  put(find("#replay"), account.replay);
}

export function showClock({ mode, at, speed, tokens, not_in_force: notInForce }) {
  put(find("#now"), `${at.slice(0, 10)} ${at.slice(11, 19)}`);
  const moves = mode === "frozen" ? "❚❚ frozen" : speed === 1 ? "▶ running" : `▶ running × ${speed}`;
  put(find("#mode"), tokens === "wall" ? `${moves} · tokens by wall time` : moves);
  const choice = find("#tokens");
  // Called every second, which must not undo what is about to be chosen.
  if (choice.dataset.inForce !== tokens) choice.value = choice.dataset.inForce = tokens;
  showNotInForce(find("#not-in-force"), notInForce);
}

// Called every second; the list is written only when it differs, so that screen readers do not repeat it.
function showNotInForce(container, sentences) {
  const list = find("ul", container);
  if (list.dataset.shown === JSON.stringify(sentences)) return;
  list.dataset.shown = JSON.stringify(sentences);
  list.replaceChildren(...sentences.map((sentence) => make("li", {}, sentence)));
  container.hidden = sentences.length === 0;
}

export function showScenario(scenario) {
  const from = scenario.effective_from ? `from ${scenario.effective_from}` : "always";
  put(find("#scenario-period"), `${scenario.name} counts ${from}${scenario.ends_at ? ` to ${scenario.ends_at}` : scenario.effective_from ? " on" : ""}.`);
  for (const button of document.querySelectorAll("[data-scenario]")) {
    button.setAttribute("aria-pressed", String(button.dataset.scenario === scenario.name));
  }
}

export function showQuota(quota) {
  const words = quota && `${quota.limit} calls in ${quota.interval} ${quota.unit}; ${quota.used} used until ${quota.resets_at}.`;
  put(find("#quota-now"), words || "No quota.");
}
