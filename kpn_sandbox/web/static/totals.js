// All queues together, in figures that can be read across a hall.
import { duration, find, put } from "./common.js";
import { localText, timeText } from "./local_time.js";
import { number, t } from "./words.js";

const sum = (queues, name) => queues.reduce((total, queue) => total + Number(queue[name]), 0);

function show(id, text, mark) {
  const box = find(id);
  put(find("dd", box), text);
  box.dataset.mark = mark || "";
}

const worst = (goals) => ({
  target_percent: goals.length ? Math.min(...goals.map((goal) => goal.target_percent)) : 80,
  threshold_seconds: goals.length ? Math.max(...goals.map((goal) => goal.threshold_seconds)) : 20,
});

// When the center opens, with the day unless that is today.
function openingText(closed, at) {
  const [opens, now] = [Date.parse(closed), Date.parse(at)];
  const hour = timeText(opens);
  return localText(opens).slice(0, 10) === localText(now).slice(0, 10) ? t("Closed until {hour}", { hour }) : t("Closed until {hour} tomorrow", { hour });
}

export function showTotals({ queues, goals, closed_until: closed, at }) {
  const waiting = sum(queues, "InQueueCalls");
  const longest = Math.max(0, ...queues.map((queue) => Number(queue.LongestWaitingCall)));
  const finished = sum(queues, "OfferedCalls") - waiting;
  const abandoned = finished - sum(queues, "AnsweredCalls") - sum(queues, "Flowout");
  const level = finished ? Math.floor((100 * sum(queues, "InServiceLevelCalls")) / finished) : null;
  const goal = worst(goals);
  const free = sum(queues, "Available");
  // Nobody is missed where nobody waits and nobody is to work.
  const nobody = !waiting && !sum(queues, "Staffed");
  const rests = Boolean(closed) && nobody;
  find("#closed").hidden = !closed;
  put(find("#closed"), closed ? openingText(closed, at) : "");
  show("#k-waiting", rests ? "–" : waiting, waiting && !free ? "warn" : "");
  show("#k-longest", rests ? "–" : duration(longest), longest > 60 ? "bad" : longest > goal.threshold_seconds ? "warn" : "");
  show("#k-level", level === null ? "–" : `${level} %`, level === null ? "" : level < goal.target_percent - 10 ? "bad" : level < goal.target_percent ? "warn" : "good");
  show("#k-free", rests ? "–" : free, free || nobody ? "" : "warn");
  show("#k-answered", number(sum(queues, "AnsweredCalls")));
  show("#k-abandoned", number(Math.max(0, abandoned)));
}
