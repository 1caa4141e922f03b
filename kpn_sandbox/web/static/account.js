// Clock, scenario and what is in force, as the live data has them; and the controls that change them.
import { blockedText } from "./blocked.js";
import { find, make, put } from "./common.js";
import { localText } from "./local_time.js";
import { t } from "./words.js";

const [RUNNING, FROZEN] = find("#console").dataset.modes.split(" ");
const HOURS = [2, 1];
const MINUTE = 60;

// The instant of a reading of Amsterdam's clock; one that comes twice is the first, one that is skipped the next.
export function instantOf(reading) {
  const whole = reading.length === 16 ? `${reading}:00` : reading;
  const offset = HOURS.find((hours) => localText(Date.parse(`${whole}Z`) - hours * 3_600_000) === whole) ?? 1;
  return `${whole}+0${offset}:00`;
}

const day = (instant) => `${instant.slice(0, 10)} ${instant.slice(11, 19)}`;

export const isFrozen = (clock) => clock.mode === FROZEN;

// `read` is when the clock was read, in milliseconds.
export const followsWallTime = ({ mode, at, speed }, read = Date.now()) => mode === RUNNING && speed === 1 && Math.abs(Date.parse(at) - read) < 5000;

export function showLive({ at, clock, seed, scenario, replay, not_in_force: notInForce, blocked, closed_until: closed }) {
  put(find("#now"), day(at));
  const moves = isFrozen(clock) ? t("❚❚ frozen") : clock.speed === 1 ? t("▶ running") : t("▶ running × {speed}", { speed: clock.speed });
  put(find("#mode"), clock.tokens === "wall" ? t("{clock} · tokens by wall time", { clock: moves }) : moves);
  put(find("#scenario-now"), closed ? t("{scenario}, closed until {time}", { scenario, time: closed.slice(11, 16) }) : scenario);
  put(find("#seed"), seed);
  put(find("#replay"), replay);
  const choice = find("#tokens");
  // Called every second, which must not undo what is about to be chosen.
  if (choice.dataset.inForce !== clock.tokens) choice.value = choice.dataset.inForce = clock.tokens;
  const instant = find("#jump").elements.at;
  if (!instant.value) instant.value = at.slice(0, 19);
  showList(find("#not-in-force"), notInForce);
  showBanner(blocked);
}

// Written only when it differs, so that screen readers do not repeat it.
function showList(container, sentences) {
  const list = find("ul", container);
  if (list.dataset.shown === JSON.stringify(sentences)) return;
  list.dataset.shown = JSON.stringify(sentences);
  list.replaceChildren(...sentences.map((sentence) => make("li", {}, sentence)));
  container.hidden = sentences.length === 0;
}

const SHOWN = 3;

function showBanner(blocked) {
  const banner = find("#banner");
  const words = blocked.slice(0, SHOWN).map((each) => `${each.api}: ${blockedText(each).join(" – ")}`);
  if (blocked.length > SHOWN) words.push(t("{count} more", { count: blocked.length - SHOWN }));
  put(banner, words.length ? `▲ ${t("A client would get now:")} ${words.join(" · ")}` : "");
  banner.hidden = !words.length;
}

export function showScenario({ name, effective_from: from, ends_at: ends }) {
  const words = !from ? t("{name} counts all day", { name }) : ends ? t("{name} counts from {from} to {to}", { name, from: day(from), to: day(ends) })
    : t("{name} counts from {from} on", { name, from: day(from) });
  put(find("#scenario-period"), words);
  for (const button of document.querySelectorAll("[data-scenario]")) {
    const pressed = button.dataset.scenario === name;
    button.setAttribute("aria-pressed", String(pressed));
    if (pressed) put(find("#scenario-summary"), button.title);
  }
}

const setScenario = (body, said) => ({ method: "PUT", path: "/scenario", body, said });

export function connectScenarios(actions) {
  const form = find("#scenario");
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of form.querySelectorAll("[data-scenario]")) {
    const name = button.dataset.scenario;
    actions.button(button, () => {
      const [when, minutes] = [form.elements.when.value, Number(form.elements.minutes.value)];
      if (when === "for") return setScenario({ name, for_seconds: minutes * MINUTE }, t("{name} counts for {count} minute.|{name} counts for {count} minutes.", { name, count: minutes }));
      const always = when === form.elements.when[0].value;
      return setScenario({ name, effective: when }, always ? t("{name} counts all day.", { name }) : t("{name} counts from now on.", { name }));
    });
    for (const event of ["pointerenter", "focus"]) button.addEventListener(event, () => put(find("#scenario-summary"), button.title));
  }
  form.elements.minutes.addEventListener("input", () => { form.elements.when.value = "for"; });
}

const clockSaid = (clock) => (isFrozen(clock) ? t("The clock stands at {at}.", { at: day(clock.at) }) : t("The clock runs from {at}.", { at: day(clock.at) }));
const setClock = (body) => ({ method: "PUT", path: "/clock", body, said: clockSaid });

// A change of whose time tokens follow leaves the clock as it is; only one that follows wall time has no instant.
const sameClock = (clock) => (isFrozen(clock) || followsWallTime(clock) ? { mode: clock.mode } : { mode: clock.mode, at: clock.at, speed: clock.speed });

// `live` returns the live data.
export function connectClock(actions, live) {
  for (const button of document.querySelectorAll("[data-step]")) {
    actions.button(button, () => ({ method: "POST", path: "/clock/advance", body: { seconds: Number(button.dataset.step) }, said: clockSaid }));
  }
  for (const button of document.querySelectorAll("[data-clock]")) actions.button(button, () => setClock({ mode: button.dataset.clock }));
  const [jump, speed, tokens] = [find("#jump"), find("#speed"), find("#tokens")];
  actions.form(jump, (button) => setClock({ mode: (button || find("button", jump)).value, at: instantOf(jump.elements.at.value) }));
  actions.form(speed, () => setClock({ mode: RUNNING, speed: Number(speed.elements.speed.value) }));
  tokens.addEventListener("change", () => actions.act(tokens, { ...setClock({ ...sameClock(live().clock), tokens: tokens.value }),
    said: t("Tokens age by the time of: {whose}.", { whose: tokens.value }) }));
}

// What the time bar asks for: to stand at an instant, or to run from where it is.
export const seekClock = (at) => setClock({ mode: FROZEN, at: instantOf(localText(at)) });
export const playClock = (speed) => setClock(speed ? { mode: RUNNING, speed } : { mode: FROZEN });
