// States of agents and reasons of AUX: one sign, color and word each.
import { find, make } from "./common.js";
import { t } from "./words.js";

export const STATES = {
  AVAIL: { kind: "free", sign: "○", word: t("Free") },
  RINGING: { kind: "ring", sign: "◎", word: t("Ring") },
  ACD: { kind: "talk", sign: "●", word: t("Talk") },
  ACW: { kind: "wrap", sign: "◐", word: t("Wrap") },
  AUX: { kind: "aux", sign: "▲", word: t("AUX") },
  UNSTAFF: { kind: "out", sign: "–", word: t("Logged out") },
};

const REASONS = find("[data-reasons]").dataset.reasons.split("|");

export const stateOf = (status) => STATES[status] || { kind: "out", sign: "?", word: status };

export const reasonWord = (reason) => REASONS[reason] || t("AUX {reason}", { reason });

// Instead of AUX alone the word of its reason.
export const stateWord = ({ Status: status, Reason: reason }) => (status === "AUX" && reason ? reasonWord(reason) : stateOf(status).word);

// Where there is little room few large letters say more than many small ones.
export const shortName = (name) => name.replace(/^(\S+) (?:.* )?(\p{L})\S*$/u, "$1 $2.");

export const isLoggedIn = (agent) => agent.Status !== "UNSTAFF";

// The states with how many agents are in each, and the reasons with their codes.
export function showLegend(states, reasons, agents) {
  const count = (chosen) => agents.filter(chosen).length;
  states.replaceChildren(...Object.entries(STATES).map(([status, { kind, sign, word }]) => make("li", { class: kind },
    `${sign} ${word} ${count((agent) => agent.Status === status)}`)));
  reasons.replaceChildren(make("li", {}, t("Reasons of AUX:")), ...REASONS.map((word, reason) => {
    const here = count((agent) => agent.Status === "AUX" && Number(agent.Reason) === reason);
    return make("li", { class: here ? "here" : "" }, `${reason} ${word}${here ? ` (${here})` : ""}`);
  }));
}
