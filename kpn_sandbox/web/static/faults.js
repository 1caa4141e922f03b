// Fault plans: their form, and the list with what is left of each.
import { find, make } from "./common.js";

// Which operations can be chosen follows from the API.
export function pickApi() {
  const { api, operation } = find("#fault").elements;
  const refill = () => {
    const keys = api.selectedOptions[0].dataset.operations.split(" ");
    operation.replaceChildren(make("option", { value: "" }, "any"), ...keys.map((key) => make("option", {}, key)));
  };
  api.addEventListener("change", refill);
  refill();
}

function outcome({ outcome: chosen, delay_ms: delay }) {
  const late = Number(delay.value) ? { delay_ms: Number(delay.value) } : {};
  if (chosen.value === "slow") return { delay_ms: Number(delay.value) };
  const breaks = "connection" in chosen.selectedOptions[0].dataset;
  return breaks ? { connection: chosen.value, ...late } : { status: Number(chosen.value), ...late };
}

export function faultPlan() {
  const fields = find("#fault").elements;
  const operation = fields.operation.value ? { operation: fields.operation.value } : {};
  const about = { api: fields.api.value, ...operation, ...(fields.key.value ? { key: fields.key.value } : {}) };
  if (fields.probability.value) return ["POST", "/faults", { ...about, probability: Number(fields.probability.value), outcome: outcome(fields) }];
  const outcomes = Array.from({ length: Number(fields.times.value) || 1 }, () => outcome(fields));
  return ["POST", "/faults", { ...about, outcomes, ...(fields.repeat.checked ? { repeat: true } : {}) }];
}

const left = (fault) => {
  if (fault.probability !== null && fault.probability !== undefined) return `by chance ${fault.probability}`;
  return fault.remaining === null ? "again and again" : `${fault.remaining} left`;
};

const outcomesOf = (fault) => [...new Set((fault.outcomes?.length ? fault.outcomes : [fault.outcome]).map((each) => JSON.stringify(each)))].join(" ");

export function showFaults(faults, actions) {
  find("#faults").replaceChildren(...faults.map((fault) => {
    const drop = make("button", { type: "button", class: "danger", "aria-label": `Drop fault ${fault.id}` }, "Drop");
    const item = make("li", { "data-fault": fault.id }, make("b", {}, left(fault)), `${fault.api} ${fault.operation || "any"}${fault.key ? ` ${fault.key}` : ""} ${outcomesOf(fault)}`, drop);
    queueMicrotask(() => actions.button(drop, () => ["DELETE", `/faults/${encodeURIComponent(fault.id)}`]));
    return item;
  }));
}
