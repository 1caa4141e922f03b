// Fault plans and the quota: their forms, and what is left of each.
import { find, make, put, replaceItems } from "./common.js";
import { t } from "./words.js";

// Which operations can be chosen follows from the API, which numbers are asked for from how often it happens.
export function connectFaults(actions) {
  const form = find("#fault");
  const { api, operation, how } = form.elements;
  const refill = () => {
    const keys = api.selectedOptions[0].dataset.operations.split(" ");
    operation.replaceChildren(make("option", { value: "any" }, t("any")), ...keys.map((key) => make("option", { value: key }, key)));
  };
  const ask = () => { for (const label of form.querySelectorAll("[data-how]")) label.hidden = label.dataset.how !== how.value; };
  api.addEventListener("change", refill);
  how.addEventListener("change", ask);
  refill();
  ask();
  actions.form(form, faultPlan);
  actions.button(find("#no-faults"), () => ({ method: "DELETE", path: "/faults", said: t("There are no faults any more.") }));
}

function outcomeOf(chosen, delay) {
  const late = Number(delay.value) ? { delay_ms: Number(delay.value) } : {};
  if (chosen.value === "ok") return { ok: true, ...late };
  const breaks = "connection" in chosen.selectedOptions[0].dataset;
  return breaks ? { connection: chosen.value, ...late } : { status: Number(chosen.value), ...late };
}

function faultPlan() {
  const { api, operation, key, how, times, probability, outcome, delay_ms: delay } = find("#fault").elements;
  const about = { api: api.value, operation: operation.value, ...(key.value ? { key: key.value } : {}) };
  const one = outcomeOf(outcome, delay);
  const plan = {
    times: () => ({ outcomes: Array.from({ length: Number(times.value) || 1 }, () => one) }),
    repeat: () => ({ outcomes: [one], repeat: true }),
    chance: () => ({ probability: Number(probability.value), outcome: one }),
  }[how.value]();
  return { method: "POST", path: "/faults", body: { ...about, ...plan }, said: t("The fault is planned; the next request may meet it.") };
}

const nameOf = ({ operation }) => (!operation || operation === "any" ? t("any") : operation);

const leftOf = (fault) => (fault.probability !== null && fault.probability !== undefined ? t("by chance, {probability}", { probability: fault.probability })
  : fault.remaining === null ? t("every time") : t("{count} left", { count: fault.remaining }));

const outcomeText = ({ status, connection, delay_ms: delay, ok, body, headers }) => [
  status ?? (connection ? t("broken connection: {kind}", { kind: connection }) : ok ? t("usual answer") : ""), delay ? `${delay} ms` : "",
  body === undefined || body === null ? "" : t("own body"), headers && Object.keys(headers).length ? t("own headers") : ""].filter(Boolean).join(" + ");

const outcomesOf = (fault) => [...new Set((fault.outcomes?.length ? fault.outcomes : [fault.outcome]).map(outcomeText))].join(", ");

export function showFaults(faults, actions) {
  replaceItems(find("#faults"), faults.map((fault) => {
    const drop = make("button", { type: "button", class: "danger", "aria-label": t("Remove the fault of {operation}", { operation: `${fault.api} ${nameOf(fault)}` }) }, t("Remove"));
    const about = `${fault.api} ${nameOf(fault)}${fault.key ? ` ${fault.key}` : ""}: ${outcomesOf(fault)}`;
    const item = make("li", { "data-fault": fault.id }, make("b", {}, leftOf(fault)), make("span", {}, about), drop);
    actions.button(drop, () => ({ method: "DELETE", path: `/faults/${encodeURIComponent(fault.id)}`, said: t("The fault is removed.") }));
    return item;
  }), find("#no-faults"));
}

export function connectQuota(actions) {
  const form = find("#quota");
  actions.form(form, () => {
    const { limit, interval, unit, retry_after: retry } = form.elements;
    const numbers = { limit: numberOf(limit), interval: numberOf(interval), unit: unit.value };
    return { method: "PUT", path: "/quota", body: { ...numbers, ...(retry.checked ? { retry_after: true } : {}) }, said: t("The quota counts from 0 on.") };
  });
  actions.button(find("#no-quota"), () => ({ method: "DELETE", path: "/quota", said: t("There is no quota any more.") }));
}

const numberOf = (field) => (field.value === "" ? null : Number(field.value));

export function showQuota(quota) {
  const words = quota && t("{limit} calls in {interval} {unit}; {used} used until {until}", { ...quota, until: quota.resets_at.slice(11, 19) });
  put(find("#quota-now"), words || t("none"));
}
