// The day of an agent or a queue up to the instant shown: states, half hours and calls, in a dialog.
import { draw, duration, find, make, put } from "./common.js";
import { callItem, fillCall } from "./call_feed.js";
import { saveCsv, savePng } from "./chart_export.js";
import { reasonWord, stateOf, STATES } from "./states.js";
import { t } from "./words.js";

const WIDTH = 1000;
const HIGH = 34;
const HOUR = 3600;

const percent = (share) => (share === null || share === undefined ? "–" : `${Math.round(share * 100)} %`);
const figure = (value) => (value === null || value === undefined ? "–" : String(Math.round(value * 10) / 10));

const AGENT_COLUMNS = [
  [t("Half hour"), (half) => half.starts_at.slice(11, 16)],
  [t("Answered"), (half) => half.answered],
  [t("Service level"), (half) => percent(half.in_service_level)],
  [t("Talk"), (half) => duration(half.talk_seconds)],
  [t("Wrap"), (half) => duration(half.wrap_seconds)],
  [t("AUX"), (half) => duration(half.aux_seconds)],
  [t("Free"), (half) => duration(half.free_seconds)],
  [t("Occupancy"), (half) => percent(half.occupancy)],
];
const QUEUE_COLUMNS = [
  [t("Half hour"), (half) => half.starts_at.slice(11, 16)],
  [t("Offered"), (half) => half.offered],
  [t("Answered"), (half) => half.answered],
  [t("Abandoned"), (half) => half.abandoned],
  [t("Service level"), (half) => percent(levelOf(half))],
  [t("Speed of answer"), (half) => (half.average_speed_of_answer === null ? "–" : duration(half.average_speed_of_answer))],
  [t("Handle time"), (half) => (half.average_handle_time === null ? "–" : duration(half.average_handle_time))],
  [t("Staffed"), (half) => figure(half.staffed)],
  [t("Occupancy"), (half) => percent(half.occupancy)],
];

// The share of calls answered in time, of those that left the queue in the half hour.
function levelOf({ answered, abandoned, flowed_out: flowedOut, in_service_level: inTime }) {
  const left = answered + abandoned + flowedOut;
  return left ? inTime / left : null;
}

// A row from midnight to midnight, with the hours below it.
function row(label, seconds, ...shapes) {
  const x = (second) => (second / seconds) * WIDTH;
  const hours = Array.from({ length: Math.floor(seconds / HOUR / 4) + 1 }, (_, at) => at * 4)
    .map((hour) => draw("text", { x: x(hour * HOUR), y: 52, "text-anchor": hour === 0 ? "start" : hour * HOUR >= seconds ? "end" : "middle" }, `${String(hour).padStart(2, "0")}:00`));
  return draw("svg", { viewBox: `0 0 ${WIDTH} 58`, class: "gantt", role: "img", "aria-label": label },
    draw("rect", { class: "ground", x: 0, y: 0, width: WIDTH, height: HIGH }), ...shapes, ...hours);
}

// The states of an agent.
function gantt({ states, seconds, known }) {
  const x = (second) => (second / seconds) * WIDTH;
  return row(t("States from midnight to midnight"), seconds, ...states.map((state, at) => {
    const end = states[at + 1]?.from ?? known;
    const { kind, word } = stateOf(state.status);
    const name = state.reason === null ? word : `${word}, ${reasonWord(state.reason)}`;
    const title = `${name}: ${state.at.slice(11, 19)}, ${duration(end - state.from)}`;
    return draw("rect", { class: kind, x: x(state.from), y: 0, width: Math.max(0.5, x(end) - x(state.from)), height: HIGH }, draw("title", {}, title));
  }));
}

// The calls that wait in a queue.
function waiting({ most_waiting: most, step_seconds: step, seconds }) {
  const top = Math.max(1, ...most);
  const points = most.map((value, at) => `${((at * step) / seconds) * WIDTH},${HIGH * (1 - value / top)}`).join(" ");
  const label = t("Waiting calls from midnight on, at most {count}", { count: Math.max(...most) });
  return row(label, seconds, draw("polygon", { class: "curve", points: `0,${HIGH} ${points} ${(((most.length - 1) * step) / seconds) * WIDTH},${HIGH}` }));
}

function table(columns, halves) {
  const heads = columns.map(([name]) => make("th", { scope: "col" }, name));
  const rows = halves.map((half) => make("tr", {}, ...columns.map(([, read], at) => make(at ? "td" : "th", at ? {} : { scope: "row" }, String(read(half))))));
  return make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("Half hours") }, make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows)));
}

function callList(calls) {
  const latestFirst = [...calls].sort((one, other) => Date.parse(other.arrived_at) - Date.parse(one.arrived_at));
  const items = latestFirst.map((call) => {
    const item = callItem();
    fillCall(item, call);
    item.prepend(make("time", {}, call.arrived_at.slice(11, 19)));
    return item;
  });
  return make("ul", { class: "call-list scroll", tabindex: 0, "aria-label": t("Calls") }, ...items);
}

export class DayDialog {
  // read(kind, number) resolves to the day of an agent or a queue.
  constructor(dialog, read) {
    Object.assign(this, { dialog, read });
    find("[data-close]", dialog).addEventListener("click", () => dialog.close());
    find("[data-save=csv]", dialog).addEventListener("click", () => this.saveCsv());
    find("[data-save=png]", dialog).addEventListener("click", () => savePng(find("svg", dialog), this.name("png")));
  }

  saveCsv() {
    const rows = this.day.half_hours.map((half) => this.columns.map(([, cell]) => cell(half)));
    saveCsv([this.columns.map(([name]) => name), ...rows], this.name("csv"));
  }

  name(suffix) { return `${this.day.number}-${this.day.date}.${suffix}`; }

  async open(kind, number) {
    const body = find(".day-of", this.dialog);
    put(find("h2", this.dialog), `${number}`);
    body.replaceChildren(make("p", { role: "status" }, t("Reading")));
    this.dialog.showModal();
    try {
      this.day = await this.read(kind, number);
    } catch (error) {
      body.replaceChildren(make("p", { role: "alert" }, error.message));
      return;
    }
    this.columns = kind === "agents" ? AGENT_COLUMNS : QUEUE_COLUMNS;
    put(find("h2", this.dialog), `${this.day.name} (${this.day.number}), ${this.day.date}, ${t("up to {time}", { time: this.day.at.slice(11, 16) })}`);
    const legend = () => make("ul", { class: "legend" }, ...Object.values(STATES).map(({ kind: css, sign, word }) => make("li", { class: css }, `${sign} ${word}`)));
    const above = kind === "agents" ? [gantt(this.day), legend()] : [make("h3", {}, t("Waiting calls")), waiting(this.day)];
    body.replaceChildren(...above, make("h3", {}, t("Half hours")), table(this.columns, this.day.half_hours),
      make("h3", {}, t("Calls, the latest first")), callList(this.day.calls));
    // The latest half hours are the last ones.
    const halves = find(".scroll", body);
    halves.scrollTop = halves.scrollHeight;
  }
}
