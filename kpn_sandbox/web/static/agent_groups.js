// Many agents as groups: per queue and state how many and how long the longest, and by name those who last longest.
import { duration, make, put } from "./common.js";
import { currentPage, isHallDisplay, isWholeScreen } from "./screen.js";
import { isLoggedIn, shortName, stateOf, STATES, stateWord } from "./states.js";
import { t } from "./words.js";

const NAMED = 10;
const GROUPED = Object.keys(STATES).filter((status) => status !== "UNSTAFF");

const longest = (agents) => agents.reduce((most, agent) => Math.max(most, Number(agent.Time)), 0);

function build(container) {
  const heads = [t("Queue"), ...GROUPED.map((status) => `${stateOf(status).sign} ${stateOf(status).word}`)];
  const lists = [["talks", t("Longest talks")], ["stays", t("Longest in AUX")]].map(([id, name]) => make("section", { class: id, "aria-label": name }, make("h3", {}, name), make("ol")));
  container.replaceChildren(
    make("table", {}, make("caption", { class: "note" }), make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))), make("tbody")),
    make("div", { class: "named" }, ...lists),
  );
}

function cells(name, agents) {
  return [name, ...GROUPED.map((status) => {
    const here = agents.filter((agent) => agent.Status === status);
    return here.length ? `${here.length} · ${duration(longest(here))}` : "–";
  })];
}

// Rows and entries are used again, so that nothing on the page moves.
function fillRows(body, rows) {
  while (body.children.length > rows.length) body.lastChild.remove();
  rows.forEach((texts, at) => {
    if (!body.children[at]) body.append(make("tr", {}, make("th", { scope: "row" }), ...GROUPED.map(() => make("td"))));
    texts.forEach((text, column) => put(body.children[at].children[column], text));
  });
}

function fillList(list, agents, open) {
  while (list.children.length > agents.length) list.lastChild.remove();
  agents.forEach((agent, at) => {
    if (!list.children[at]) {
      const button = make("button", { type: "button", onclick: ({ currentTarget }) => open("agents", currentTarget.dataset.number) }, make("b"), make("span"), make("i"));
      list.append(make("li", {}, button));
    }
    const button = list.children[at].firstChild;
    button.dataset.number = agent.Logid;
    button.title = agent.Agent;
    [isHallDisplay() ? shortName(agent.Agent) : agent.Agent, agent.Status === "AUX" ? stateWord(agent) : "", duration(agent.Time)]
      .forEach((text, part) => put(button.children[part], text));
  });
}

export function showGroups(container, agents, queues, open) {
  if (!container.children.length) build(container);
  const [table, named] = container.children;
  const [caption, head, body] = table.children;
  const inside = agents.filter(isLoggedIn);
  const line = body.firstChild?.offsetHeight || 30;
  const room = container.clientHeight - (isWholeScreen() ? named.offsetHeight : 0) - head.offsetHeight - caption.offsetHeight - line;
  const page = currentPage(queues, isWholeScreen() ? Math.max(1, Math.floor(room / line)) : queues.length);
  put(caption, page.pages > 1 ? t("Agents and the longest time, queues {first}–{last} of {all}", { first: page.first, last: page.last, all: queues.length }) : t("Agents and the longest time"));
  // Skill 1 is the first queue.
  const bySkill = Map.groupBy(inside, (agent) => agent.Skill);
  fillRows(body, [cells(t("All queues"), inside), ...page.shown.map((queue, at) => cells(queue.Name, bySkill.get(String(page.first + at)) || []))]);
  const lasting = (status) => inside.filter((agent) => agent.Status === status).sort((one, other) => other.Time - one.Time).slice(0, NAMED);
  fillList(named.children[0].lastChild, lasting("ACD"), open);
  fillList(named.children[1].lastChild, lasting("AUX"), open);
}
