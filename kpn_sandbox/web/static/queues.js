// Queues as a table; on a hall display in pages of as many rows as can be read.
import { duration, find, make, put } from "./common.js";

const CELLS = ["Waiting", "Longest", "Service level", "Staffed", "Free", "Talk", "Wrap", "AUX"];
const PAGE_SECONDS = 10;
const LOWEST_ROW = 46;
const HIGHEST_ROW = 104;

export const isHallDisplay = () => matchMedia("(min-width: 1600px) and (min-height: 850px)").matches;

function row(queue) {
  const cells = CELLS.map((label) => make("td", { "data-label": label, class: label === "Service level" ? "level" : "" }));
  find(".level", make("tr", {}, ...cells)).append(make("span", { class: "mark" }), make("b"), make("span", { class: "goal" }));
  return make("tr", { "data-number": queue.Number }, make("th", { scope: "row" }), ...cells);
}

function fill(line, queue, goal) {
  const cells = line.children;
  const level = Number(queue.ServiceLevel);
  const { target_percent: target, threshold_seconds: threshold } = goal || { target_percent: 80, threshold_seconds: 20 };
  const below = level < target;
  put(cells[0], queue.Name);
  put(cells[1], queue.InQueueCalls);
  put(cells[2], duration(queue.LongestWaitingCall));
  const [mark, figure, target_text] = cells[3].children;
  put(mark, below ? "▼" : "✓");
  put(figure, `${level} %`);
  put(target_text, `of ${target} % in ${threshold} s`);
  [queue.Staffed, queue.Available, queue.InACD, queue.InACW, queue.InAUX].forEach((text, index) => put(cells[4 + index], text));
  line.dataset.mark = Number(queue.LongestWaitingCall) > 3 * threshold ? "bad" : Number(queue.InQueueCalls) ? "warn" : "";
  cells[3].dataset.mark = below ? (level < target - 10 ? "bad" : "warn") : "good";
}

// All queues, or on a hall display those of the current page.
function currentPage(queues, body) {
  const page = find("#queue-page");
  const panel = body.closest(".panel");
  if (!isHallDisplay()) {
    put(page, "");
    return queues;
  }
  const available = panel.clientHeight - find("h2", panel).offsetHeight - find("thead", panel).offsetHeight - 30;
  const most = Math.max(1, Math.floor(available / LOWEST_ROW));
  const pages = Math.ceil(queues.length / most);
  const each = Math.ceil(queues.length / pages);
  const now = Math.floor(Date.now() / 1000 / PAGE_SECONDS) % pages;
  const height = Math.min(HIGHEST_ROW, available / each);
  panel.style.setProperty("--row", `${height}px`);
  put(page, pages > 1 ? `${now * each + 1}–${Math.min(queues.length, (now + 1) * each)} of ${queues.length}` : "");
  return queues.slice(now * each, (now + 1) * each);
}

export function showQueues(queues, goals) {
  const body = find("#queue-rows");
  const shown = currentPage(queues, body);
  const same = body.children.length === shown.length && shown.every((queue, at) => body.children[at].dataset.number === queue.Number);
  if (!same) body.replaceChildren(...shown.map(row));
  const goalOf = new Map(goals.map((goal) => [String(goal.number), goal]));
  shown.forEach((queue, at) => fill(body.children[at], queue, goalOf.get(queue.Number)));
}
