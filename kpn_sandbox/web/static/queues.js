// Queues as a table; where all is to be on one screen, in pages of as many rows as can be read.
import { duration, find, make, put } from "./common.js";
import { currentPage, isHallDisplay, isWholeScreen } from "./screen.js";
import { t } from "./words.js";

const CELLS = [t("Waiting"), t("Longest"), t("Service level"), t("Staffed"), t("Free"), t("Talk"), t("Wrap"), t("AUX")];
const LEVEL = 2;
const LOWEST_ROW = { hall: 1.5, desk: 1.75 };
const HIGHEST_ROW = 5;
const GOAL = { target_percent: 80, threshold_seconds: 20 };

const goalText = ({ target_percent: percent, threshold_seconds: seconds }) => t("{percent} % in {seconds} s", { percent, seconds });

// A queue that no call has left yet has no service level, though the API says 100.
const hasLevel = (queue) => Number(queue.OfferedCalls) > Number(queue.InQueueCalls);

function row(queue, open) {
  const cells = CELLS.map((label, at) => make("td", { "data-label": label, class: at === LEVEL ? "level" : "" }));
  cells[LEVEL].append(make("span", { class: "mark" }), make("b"), make("span", { class: "goal" }));
  const name = make("button", { type: "button", class: "open", onclick: () => open("queues", queue.Number) });
  return make("tr", { "data-number": queue.Number }, make("th", { scope: "row" }, name), ...cells);
}

function fill(line, queue, goal, shared) {
  const cells = line.children;
  const level = Number(queue.ServiceLevel);
  const { target_percent: target, threshold_seconds: threshold } = goal;
  const known = hasLevel(queue);
  const below = known && level < target;
  const name = cells[0].firstChild;
  put(name, queue.Name);
  if (name.title !== queue.Name) name.title = queue.Name;
  put(cells[1], queue.InQueueCalls);
  put(cells[2], Number(queue.InQueueCalls) || Number(queue.LongestWaitingCall) ? duration(queue.LongestWaitingCall) : "–");
  const [mark, figure, words] = cells[3].children;
  put(mark, !known ? "" : below ? "▼" : "✓");
  put(figure, known ? `${level} %` : "–");
  put(words, shared ? "" : goalText(goal));
  [queue.Staffed, queue.Available, queue.InACD, queue.InACW, queue.InAUX].forEach((text, index) => put(cells[4 + index], text));
  line.dataset.mark = Number(queue.LongestWaitingCall) > 3 * threshold ? "bad" : Number(queue.InQueueCalls) ? "warn" : "";
  cells[3].dataset.mark = !known ? "" : below ? (level < target - 10 ? "bad" : "warn") : "good";
}

// All queues, or those of the current page, with rows as high as the panel allows.
function shownPage(queues, body, several) {
  const panel = body.closest(".panel");
  if (!isWholeScreen()) return currentPage(queues, queues.length);
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const style = getComputedStyle(panel);
  const room = panel.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom) - find(".head", panel).offsetHeight - find("thead", panel).offsetHeight - 8;
  const lowest = rem * (isHallDisplay() ? LOWEST_ROW.hall : LOWEST_ROW.desk) * (several ? 1.4 : 1);
  const page = currentPage(queues, Math.floor(room / lowest));
  panel.style.setProperty("--row", `${Math.min(HIGHEST_ROW * rem, room / page.each)}px`);
  return page;
}

export function showQueues({ queues, goals }, open) {
  const body = find("#queue-rows");
  const goalOf = new Map(goals.map((goal) => [String(goal.number), goal]));
  const texts = new Set(goals.map(goalText));
  put(find("#goal"), texts.size === 1 ? t("goal {goal}", { goal: [...texts][0] }) : "");
  const page = shownPage(queues, body, texts.size > 1);
  put(find("#queue-page"), page.pages > 1 ? t("{first}–{last} of {all}", { first: page.first, last: page.last, all: queues.length }) : "");
  const same = body.children.length === page.shown.length && page.shown.every((queue, at) => body.children[at].dataset.number === queue.Number);
  if (!same) body.replaceChildren(...page.shown.map((queue) => row(queue, open)));
  page.shown.forEach((queue, at) => fill(body.children[at], queue, goalOf.get(queue.Number) || GOAL, texts.size === 1));
}
