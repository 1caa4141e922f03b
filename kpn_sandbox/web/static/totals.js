// All queues together, in figures that can be read across a hall.
import { duration, find, put } from "./common.js";

const sum = (queues, name) => queues.reduce((total, queue) => total + Number(queue[name]), 0);

function show(id, text, mark) {
  const box = find(id);
  put(find("dd", box), text);
  box.dataset.mark = mark || "";
}

export function showTotals(queues, goals) {
  const waiting = sum(queues, "InQueueCalls");
  const longest = Math.max(0, ...queues.map((queue) => Number(queue.LongestWaitingCall)));
  const finished = sum(queues, "OfferedCalls") - waiting;
  const abandoned = finished - sum(queues, "AnsweredCalls") - sum(queues, "Flowout");
  const level = finished ? Math.floor((100 * sum(queues, "InServiceLevelCalls")) / finished) : 100;
  const target = goals.length ? Math.min(...goals.map((goal) => goal.target_percent)) : 80;
  const threshold = goals.length ? Math.max(...goals.map((goal) => goal.threshold_seconds)) : 20;
  const free = sum(queues, "Available");
  show("#k-waiting", waiting, waiting && !free ? "warn" : "");
  show("#k-longest", duration(longest), longest > 60 ? "bad" : longest > threshold ? "warn" : "");
  show("#k-level", `${level} %`, level < target - 10 ? "bad" : level < target ? "warn" : "good");
  show("#k-free", free, free ? "" : "warn");
  show("#k-answered", sum(queues, "AnsweredCalls").toLocaleString("en"));
  show("#k-abandoned", Math.max(0, abandoned).toLocaleString("en"));
}
