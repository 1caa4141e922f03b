// Agents as tiles, as large as the panel allows; when there are many, as groups.
import { duration, find, make, put } from "./common.js";
import { showGroups } from "./agent_groups.js";
import { isHallDisplay, isWholeScreen, widthOf } from "./screen.js";
import { isLoggedIn, shortName, showLegend, stateOf, stateWord } from "./states.js";
import { t } from "./words.js";

const MOST_TILES = 60;
const LONG = 3600;
const GAP = 6;
const LINE = 1.05;
// What has to fit into a tile: a name of 20 letters above state and time, or in one line a sign, a short name and a time;
// at the least a sign, a first name and a time. There the reason of an AUX is in a line of its own or beside the name.
const FULL = { name: "full", wide: widthOf("Daphne van Maasgouwe", 600) + 0.9, high: 2.9 };
const SHORT = { name: "short", wide: widthOf("Melissa · Back office", 600) + widthOf("● 59:59", 700) + 1.4, high: 1.55 };
const BRIEF = { name: "brief", wide: widthOf("Jennifer", 600) + widthOf("●59:59", 700) + 1.5, high: 1.55 };

function tile(agent, open) {
  const button = make("button", { type: "button", onclick: () => open("agents", agent.Logid) }, make("b"), make("span"), make("i"));
  return make("li", { "data-number": agent.Logid }, button);
}

function nameOn(form, name, reason) {
  if (form === "full") return name;
  const first = name.split(" ")[0];
  if (form === "double") return first;
  if (reason) return `${first} · ${reason}`;
  return form === "brief" ? first : shortName(name);
}

// `hasTwoLines` says that a tile of the brief form is high enough for two lines of the smallest letters.
function fill(item, agent, { form: listForm, hasTwoLines }) {
  const { kind, word, sign } = stateOf(agent.Status);
  const state = stateWord(agent);
  const form = listForm === "brief" && state !== word && hasTwoLines ? "double" : listForm;
  const [name, status, time] = item.firstChild.children;
  const classes = form === "double" ? `${kind} double` : kind;
  if (item.className !== classes) item.className = classes;
  put(name, nameOn(form, agent.Agent, state === word ? "" : state));
  put(status, form === "full" || form === "double" ? `${sign} ${state}` : sign);
  put(time, form === "brief" && state !== word ? "" : form !== "full" && agent.Time >= LONG ? t("{hours} h", { hours: Math.floor(agent.Time / LONG) }) : duration(agent.Time));
  const title = `${agent.Agent} (${agent.Logid}), ${state === word ? word : `${word}, ${state}`}${agent.Direction === "OUT" ? `, ${t("calls out")}` : ""}`;
  if (item.title !== title) item.title = title;
}

// The largest letters with which so many tiles fit, in the first form that allows it; null when none are large enough.
function fitting(list, count) {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const [width, height] = [list.clientWidth, list.clientHeight];
  const least = isHallDisplay() ? rem : rem * 0.75;
  for (const form of [FULL, SHORT, BRIEF]) {
    for (let size = rem * (isHallDisplay() ? 1.5 : 1.1); size > least - 0.01; size -= 0.5) {
      const columns = Math.floor((width + GAP) / (form.wide * size + GAP));
      const rows = Math.floor((height + GAP) / (form.high * size + GAP));
      const high = form.high * size;
      if (columns * rows >= count) return { form: form.name, size, high, least, hasTwoLines: high >= LINE * 2 * least, columns: Math.max(Math.min(columns, 6), Math.ceil(count / rows)) };
    }
  }
  return null;
}

function showTiles(list, shown, open) {
  const whole = isWholeScreen();
  const fit = whole ? fitting(list, shown.length) : { form: "full" };
  if (!fit) return false;
  if (whole) {
    for (const [name, value] of Object.entries({ "--columns": fit.columns, "--high": `${fit.high}px`, "--size": `${fit.size}px`, "--least": `${fit.least}px` })) list.style.setProperty(name, value);
  }
  list.dataset.form = fit.form;
  const same = list.children.length === shown.length && shown.every((agent, at) => list.children[at].dataset.number === agent.Logid);
  if (!same) list.replaceChildren(...shown.map((agent) => tile(agent, open)));
  shown.forEach((agent, at) => fill(list.children[at], agent, fit));
  return true;
}

export function showAgents({ agents, queues, closed_until: closed }, open) {
  const panel = find(".agents");
  const [list, groups] = [find("#agent-tiles"), find("#agent-groups")];
  const inside = agents.filter(isLoggedIn);
  const shown = find("#all-agents").checked ? agents : inside;
  put(find("#agent-count"), t("{inside} of {all} logged in", { inside: inside.length, all: agents.length }));
  showLegend(find("#legend"), find("#reasons"), agents);
  find("#no-agents").hidden = shown.length > 0;
  put(find("#no-agents"), closed ? t("Closed: nobody is logged in.") : t("Nobody is logged in."));
  panel.classList.toggle("grouped", agents.length > MOST_TILES);
  if (agents.length <= MOST_TILES && showTiles(list, shown, open)) return;
  panel.classList.add("grouped");
  list.replaceChildren();
  groups.hidden = !inside.length;
  if (inside.length) showGroups(groups, agents, queues, open);
}
