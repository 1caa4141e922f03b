// The day so far as lines, distinct by color, dashes and the name at the end.
import { draw, find, make, put, roundAbove } from "./common.js";
import { saveCsv, savePng } from "./chart_export.js";
import { widthOf } from "./screen.js";
import { number, t } from "./words.js";

const LINES = [
  { key: "offered", name: t("Arrivals"), css: "arrivals" },
  { key: "answered", name: t("Answered"), css: "answered" },
  { key: "abandoned", name: t("Abandoned"), css: "abandoned" },
  { key: "level", name: t("In time"), css: "level", share: true },
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

// Names in order of their places, none over another and none outside.
function spread(ends, gap, low, high) {
  const sorted = [...ends].sort((one, other) => one.at - other.at);
  sorted.forEach((end, index) => { end.at = Math.max(end.at, index ? sorted[index - 1].at + gap : low); });
  for (let index = sorted.length - 1, most = high; index >= 0; index -= 1, most -= gap) sorted[index].at = Math.min(sorted[index].at, most);
  return sorted;
}

export class Chart {
  constructor(container, table) {
    Object.assign(this, { container, table, at: -1, date: "", intervals: [] });
    this.words = make("p", { class: "reading", "aria-live": "polite" });
    const panel = container.closest(".panel");
    find("[data-save=csv]", panel).addEventListener("click", () => this.saveCsv());
    find("[data-save=png]", panel).addEventListener("click", () => savePng(find("svg", this.container), `${this.date}.png`));
    // A panel that grows or shrinks with those beside it has its chart drawn anew.
    new ResizeObserver(() => this.draw()).observe(container);
  }

  show(frame) {
    this.date = frame.points[0].at.slice(0, 10);
    this.intervals = intervals(frame.points, Date.parse(frame.points[0].at));
    this.draw();
    this.tabulate();
  }

  draw() {
    const size = parseFloat(getComputedStyle(this.container).fontSize);
    const width = this.container.clientWidth;
    const height = Math.max(size * 5, this.container.clientHeight);
    if (!width || !this.date) return;
    // At the right the scale of the shares, then a dash and a name for each line.
    this.scaleWidth = size * (widthOf("100 %") + 0.9);
    const names = Math.max(...LINES.map(({ name }) => widthOf(name)));
    // An interval that has hardly begun would fall to zero and look like trouble.
    const drawn = this.intervals.filter((each) => each.whole);
    const most = roundAbove(Math.max(10, ...drawn.map((each) => each.offered)));
    this.edge = { left: size * Math.max(1.6, widthOf(number(most)) + 0.6), right: this.scaleWidth + size * (names + 1.5), top: size * 0.6, bottom: size * 1.4 };
    const { edge } = this;
    this.x = (hour) => edge.left + (hour / HOURS) * (width - edge.left - edge.right);
    const y = (value, share) => edge.top + (1 - value / (share ? 100 : most)) * (height - edge.top - edge.bottom);
    const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, width, height, tabindex: 0, role: "img", "aria-label": this.summary() });
    this.grid(svg, { width, height, most, y, size });
    this.lines(svg, drawn, y);
    this.names(svg, drawn, { width, y, size });
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

  grid(svg, { width, height, most, y, size }) {
    const { edge } = this;
    for (const share of [0, 0.5, 1]) {
      const at = y(most * share);
      svg.append(draw("line", { x1: edge.left, x2: width - edge.right, y1: at, y2: at, class: "grid" }));
      svg.append(draw("text", { x: edge.left - 6, y: at + size * 0.35, "text-anchor": "end" }, number(most * share)));
      svg.append(draw("text", { x: width - edge.right + 6, y: at + size * 0.35 }, `${100 * share} %`));
    }
    const apart = [2, 4, 6, 12].find((hours) => this.x(hours) - this.x(0) > size * 4.5) || HOURS;
    for (let hour = 0; hour <= HOURS; hour += apart) {
      svg.append(draw("text", { x: this.x(hour), y: height - size * 0.25, "text-anchor": hour === HOURS ? "end" : "middle" }, `${String(hour).padStart(2, "0")}:00`));
    }
  }

  lines(svg, drawn, y) {
    for (const line of LINES) {
      const known = drawn.filter((each) => each[line.key] !== null);
      const points = known.map((each) => `${this.x(each.hour).toFixed(1)},${y(each[line.key], line.share).toFixed(1)}`).join(" ");
      if (points) svg.append(draw("polyline", { points, class: line.css }));
    }
  }

  // Names stand at the right, near the ends of the lines; before there are lines, as a legend.
  names(svg, drawn, { width, y, size }) {
    const last = drawn.at(-1);
    const ends = LINES.map((line) => ({ line, at: y(last?.[line.key] ?? (line.share ? 100 : 0), line.share) }));
    const left = width - this.edge.right + this.scaleWidth;
    for (const { line, at } of spread(ends, size * 1.15, this.edge.top + size * 0.1, y(0))) {
      svg.append(draw("line", { class: line.css, x1: left, x2: left + size, y1: at, y2: at }));
      svg.append(draw("text", { class: "name", x: left + size * 1.2, y: at + size * 0.35 }, line.name));
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
    const isEarly = !each && !this.intervals.some(({ whole }) => whole);
    this.words.classList.toggle("early", isEarly);
    put(this.words, each ? this.sentence(each) : isEarly ? t("The first half hour of the day is not over yet.") : "");
  }

  sentence(each) {
    const level = each.level === null ? "–" : `${each.level} %`;
    return t("{from}–{to}: {offered} arrivals, {answered} answered, {abandoned} abandoned, {level} in time", { ...each, level });
  }

  summary() {
    const last = this.intervals.at(-1);
    return [t("The day so far in half hours."), last ? this.sentence(last) : "", t("Arrow keys read the others.")].filter(Boolean).join(" ");
  }

  rows() {
    return this.intervals.map((each) => [`${each.from}–${each.to}`, ...LINES.map((line) => each[line.key])]);
  }

  saveCsv() { saveCsv([[t("Half hour"), ...LINES.map((line) => line.name)], ...this.rows()], `${this.date}.csv`); }

  tabulate() {
    const heads = [t("Half hour"), ...LINES.map((line) => line.name)].map((name) => make("th", { scope: "col" }, name));
    const rows = this.rows().map(([name, ...values]) => make("tr", {}, make("th", { scope: "row" }, name),
      ...values.map((value, at) => make("td", {}, value === null ? "–" : `${value}${LINES[at].share ? " %" : ""}`))));
    this.table.replaceChildren(make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows)));
  }
}
