// Agents as tiles: color, word and sign show the state, the figure how long it lasts.
import { duration, find, make, put } from "./common.js";
import { isHallDisplay } from "./queues.js";

const STATES = {
  AVAIL: ["free", "Free", "○"],
  RINGING: ["ring", "Ring", "◎"],
  ACD: ["talk", "Talk", "●"],
  ACW: ["wrap", "Wrap", "◐"],
  AUX: ["aux", "AUX", "▲"],
  UNSTAFF: ["out", "Logged out", "–"],
};
const WIDE = 2.5;
const LONG = 600;

export function showLegend(list) {
  list.replaceChildren(...Object.values(STATES).map(([kind, word, sign]) => make("li", { class: kind }, `${sign} ${word}`)));
}

function tile(agent) {
  return make("li", { "data-number": agent.Logid }, make("b"), make("span"), make("i"));
}

// Across a hall few large letters say more than many small ones.
const shortName = (name) => name.replace(/^(\S+) (?:.* )?(\p{L})\S*$/u, "$1 $2.");
const shortTime = (seconds) => (seconds < LONG ? duration(seconds) : seconds < 3600 ? `${Math.floor(seconds / 60)}m` : `${Math.floor(seconds / 3600)}h`);

function fill(item, agent, tiny) {
  const [kind, word, sign] = STATES[agent.Status] || ["out", agent.Status, "?"];
  const state = agent.Reason ? `${word} ${agent.Reason}` : word;
  const [name, status, time] = item.children;
  const far = isHallDisplay();
  if (item.className !== kind) item.className = kind;
  put(name, far ? shortName(agent.Agent) : agent.Agent);
  put(status, tiny ? sign : `${sign} ${far && agent.Reason ? agent.Reason : state}`);
  put(time, far ? shortTime(Number(agent.Time)) : duration(agent.Time));
  item.title = `${agent.Agent} (${agent.Logid}), ${state}${agent.Direction === "OUT" ? ", calls out" : ""}`;
}

// On a wall the tiles are as large as the panel allows.
function fit(list, count) {
  const panel = list.closest(".panel");
  panel.classList.toggle("fitted", isHallDisplay());
  if (!isHallDisplay() || !count) return;
  const [width, height] = [list.clientWidth, list.clientHeight];
  let best = { size: 0, columns: 1 };
  for (let columns = 1; columns <= count; columns += 1) {
    const size = Math.min(width / columns / WIDE, height / Math.ceil(count / columns));
    if (size > best.size) best = { size, columns };
  }
  list.style.setProperty("--columns", best.columns);
  list.style.setProperty("--high", `${Math.min(best.size, 140) - 6}px`);
  panel.classList.toggle("tiny", best.size < 44);
}

export function showAgents(agents) {
  const list = find("#agent-tiles");
  const withLoggedOut = find("#all-agents").checked;
  const shown = withLoggedOut ? agents : agents.filter((agent) => agent.Status !== "UNSTAFF");
  const same = list.children.length === shown.length && shown.every((agent, at) => list.children[at].dataset.number === agent.Logid);
  if (!same) list.replaceChildren(...shown.map(tile));
  fit(list, shown.length);
  const tiny = isHallDisplay() && list.closest(".tiny") !== null;
  shown.forEach((agent, at) => fill(list.children[at], agent, tiny));
  const loggedIn = agents.filter((agent) => agent.Status !== "UNSTAFF").length;
  put(find("#agent-count"), `${loggedIn} of ${agents.length} logged in`);
}
