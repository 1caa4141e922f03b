// The day so far as lines, distinct by color, dashes and the name at the end.
import { draw, make, put, roundAbove } from "./common.js";

const LINES = [
  { key: "offered", name: "Arrivals", css: "arrivals" },
  { key: "answered", name: "Answered", css: "answered" },
  { key: "abandoned", name: "Abandoned", css: "abandoned" },
  { key: "level", name: "Service level", css: "level", share: true },
];
const STEPS_TOGETHER = 2;
const HOURS = 24;
const HALF_HOUR = 1_800_000;

// Calls between points, from the counters at the points; the last interval is as long as it is yet.
function intervals(points, midnight) {
  const found = [];
  for (let end = STEPS_TOGETHER; ; end += STEPS_TOGETHER) {
    const [before, after] = [points[end - STEPS_TOGETHER], points[Math.min(end, points.length - 1)]];
    if (!before || before === after) return found;
    const more = (key) => Math.max(0, after[key] - before[key]);
    const finished = more("answered") + more("abandoned");
    found.push({
      from: before.at.slice(11, 16),
      to: after.at.slice(11, 16),
      hour: (Date.parse(before.at) - midnight + (Date.parse(after.at) - midnight)) / 7_200_000,
      offered: more("offered"),
      answered: more("answered"),
      abandoned: more("abandoned"),
      level: finished ? Math.min(100, Math.round((100 * more("answered_in_time")) / finished)) : null,
      whole: Date.parse(after.at) - Date.parse(before.at) >= HALF_HOUR,
    });
  }
}

export class Chart {
  constructor(container, table) {
    this.container = container;
    this.table = table;
    this.at = -1;
    this.intervals = [];
    this.words = make("p", { class: "reading", "aria-live": "polite" });
  }

  show(frame) {
    if (!frame.points.length) return;
    this.intervals = intervals(frame.points, Date.parse(frame.points[0].at));
    this.draw();
    this.tabulate();
  }

  draw() {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const width = this.container.clientWidth;
    const height = Math.max(150, this.container.clientHeight - rem * 1.7);
    if (!width || !this.intervals.length) return;
    const edge = { left: rem * 2.6, right: rem * 8.6, top: rem * 0.5, bottom: rem * 1.5 };
    // An interval that has hardly begun would fall to zero and look like trouble.
    const drawn = this.intervals.filter((each) => each.whole);
    const most = roundAbove(Math.max(10, ...drawn.map((each) => each.offered)));
    this.x = (hour) => edge.left + (hour / HOURS) * (width - edge.left - edge.right);
    const y = (value, share) => edge.top + (1 - value / (share ? 100 : most)) * (height - edge.top - edge.bottom);
    const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, width, height, tabindex: 0, role: "img", "aria-label": this.summary() });
    this.grid(svg, { width, height, edge, most, y });
    this.lines(svg, drawn, y);
    this.names(svg, drawn, { width, edge, y, rem });
    this.cursor = draw("line", { class: "cursor", y1: edge.top, y2: height - edge.bottom, x1: -9, x2: -9 });
    svg.append(this.cursor);
    svg.addEventListener("pointermove", (event) => this.point(this.nearest(event.offsetX)));
    svg.addEventListener("pointerleave", () => this.point(-1));
    svg.addEventListener("keydown", (event) => this.step(event));
    const had = this.container.contains(document.activeElement);
    this.container.replaceChildren(svg, this.words);
    if (had) svg.focus();
    this.point(this.at);
  }

  grid(svg, { width, height, edge, most, y }) {
    for (const share of [0, 0.5, 1]) {
      const line = { x1: edge.left, x2: width - edge.right, y1: y(most * share), y2: y(most * share), class: "grid" };
      svg.append(draw("line", line), draw("text", { x: edge.left - 6, y: y(most * share) + 4, "text-anchor": "end" }, String(most * share)));
      svg.append(draw("text", { x: width - edge.right + 6, y: y(most * share) + 4, class: "level" }, `${100 * share} %`));
    }
    const apart = width > 560 ? 4 : 12;
    for (let hour = 0; hour <= HOURS; hour += apart) {
      svg.append(draw("text", { x: this.x(hour), y: height - 4, "text-anchor": "middle" }, `${String(hour).padStart(2, "0")}:00`));
    }
  }

  lines(svg, drawn, y) {
    for (const line of LINES) {
      const known = drawn.filter((each) => each[line.key] !== null);
      const points = known.map((each) => `${this.x(each.hour).toFixed(1)},${y(each[line.key], line.share).toFixed(1)}`).join(" ");
      if (points) svg.append(draw("polyline", { points, class: line.css }));
    }
  }

  // Names stand at the right, near the ends of the lines but never over each other.
  names(svg, drawn, { width, edge, y, rem }) {
    const last = drawn[drawn.length - 1];
    if (!last) return;
    const ends = LINES.map((line) => ({ line, at: y(last[line.key] ?? 100, line.share) })).sort((one, other) => one.at - other.at);
    const gap = rem * 1.15;
    ends.forEach((end, index) => { if (index) end.at = Math.max(end.at, ends[index - 1].at + gap); });
    const lowest = y(0);
    const over = ends[ends.length - 1].at - lowest;
    const left = width - edge.right + rem * 2.9;
    if (over > 0) ends.forEach((end) => { end.at -= over; });
    for (const { line, at } of ends) {
      svg.append(draw("line", { class: line.css, x1: left - rem * 0.1, x2: left + rem * 0.9, y1: at, y2: at }));
      svg.append(draw("text", { class: `name ${line.css}`, x: left + rem * 1.1, y: at + rem * 0.28 }, line.name.replace("Service level", "In time")));
    }
  }

  nearest(x) {
    const far = this.intervals.map((each) => Math.abs(this.x(each.hour) - x));
    return far.indexOf(Math.min(...far));
  }

  step(event) {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!move) return;
    event.preventDefault();
    const from = this.at < 0 ? this.intervals.length : this.at;
    this.point(Math.min(this.intervals.length - 1, Math.max(0, from + move)));
  }

  point(at) {
    this.at = at;
    const each = this.intervals[at];
    this.cursor.setAttribute("x1", each ? this.x(each.hour) : -9);
    this.cursor.setAttribute("x2", each ? this.x(each.hour) : -9);
    put(this.words, each ? this.sentence(each) : "");
  }

  sentence(each) {
    const level = each.level === null ? "–" : `${each.level} %`;
    return `${each.from}–${each.to}: ${each.offered} arrivals, ${each.answered} answered, ${each.abandoned} abandoned, ${level} in time`;
  }

  summary() {
    const last = this.intervals[this.intervals.length - 1];
    return `The day so far in half hours. ${last ? `Latest ${this.sentence(last)}.` : ""} Arrow keys tell the others.`;
  }

  tabulate() {
    const heads = ["Half hour", ...LINES.map((line) => line.name)].map((name) => make("th", { scope: "col" }, name));
    const rows = this.intervals.map((each) => make("tr", {}, make("th", { scope: "row" }, `${each.from}–${each.to}`),
      ...LINES.map((line) => make("td", {}, each[line.key] === null ? "–" : `${each[line.key]}${line.share ? " %" : ""}`))));
    this.table.replaceChildren(make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows)));
  }
}
