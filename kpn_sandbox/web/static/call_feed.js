// The calls of the instant shown: who waits and since when, who answered, who gave up, who wraps up.
import { duration, find, make, put } from "./common.js";
import { isHallDisplay, isWholeScreen } from "./screen.js";
import { shortName } from "./states.js";
import { t } from "./words.js";

const MOST = 12;
const LINE = 1.45;
const KINDS = {
  waiting: ["wait", "◌"], ringing: ["ring", "◎"], talking: ["talk", "●"], dialing: ["talk", "↗"], wrapping: ["wrap", "◐"], answered: ["done", "✓"],
  abandoned: ["lost", "✕"], blocked: ["lost", "✕"], flowed_out: ["lost", "↷"], cut_off: ["lost", "✕"], no_answer: ["done", "–"],
};

// What a call does or what became of it, in words.
function callText({ state, agent, waited, talked, direction }) {
  const after = { agent: shortName(agent ?? ""), waited: duration(waited), talked: duration(talked ?? 0) };
  switch (state) {
    case "waiting": return t("waits {waited}", after);
    case "ringing": return t("rings at {agent}, waits {waited}", after);
    case "talking": return direction === "out" ? t("{agent} calls out, {talked}", after) : t("{agent} talks {talked}", after);
    case "dialing": return t("{agent} dials", after);
    case "wrapping": return t("{agent} wraps up, talked {talked}", after);
    case "answered": return t("{agent} talked {talked}", after);
    case "abandoned": return t("gave up after {waited}", after);
    case "blocked": return t("found every port busy");
    case "flowed_out": return t("flowed out after {waited}", after);
    case "cut_off": return t("was cut off");
    case "no_answer": return t("{agent} dialed, no answer", after);
    default: return state;
  }
}

export function fillCall(item, call) {
  const [kind, sign] = KINDS[call.state] || ["done", "·"];
  const [mark, caller, queue, text] = item.children;
  if (item.className !== `call ${kind}`) item.className = `call ${kind}`;
  put(mark, sign);
  put(caller, isHallDisplay() ? shortName(call.caller) : call.caller);
  put(queue, call.queue);
  put(text, callText(call));
  const title = t("{caller}, {queue}, waited {waited}", { ...call, waited: duration(call.waited) });
  if (item.title !== title) item.title = title;
}

export const callItem = () => make("li", { class: "call" }, make("span", { "aria-hidden": "true" }), make("b"), make("i"), make("span"));

// How many calls the panel has room for.
export function feedLength() {
  const list = find("#calls");
  if (!isWholeScreen()) return MOST;
  const line = LINE * parseFloat(getComputedStyle(list).fontSize);
  return Math.max(1, Math.min(MOST, Math.floor(list.clientHeight / line)));
}

export function showCalls({ calls }) {
  const list = find("#calls");
  const most = feedLength();
  const waiting = calls.filter(({ state }) => state === "waiting" || state === "ringing");
  const others = calls.slice(waiting.length);
  // Half of the lines are for what happened last, however many wait.
  const room = Math.max(Math.ceil(most / 2), most - others.length);
  const shown = [...waiting.slice(0, room), ...others].slice(0, most);
  // Lines are used again, so that nothing on the page moves when a call comes or goes.
  while (list.children.length > shown.length) list.lastChild.remove();
  while (list.children.length < shown.length) list.append(callItem());
  shown.forEach((call, at) => fillCall(list.children[at], call));
  find("#no-calls").hidden = shown.length > 0;
}
