// Bars of answered and missed calls, missed ones on top and hatched; the pointer or the arrow keys show a bar's figures.
import { draw, make, put, roundAbove } from "./common.js";
import { t, number } from "./words.js";
import { saveCsv, savePng } from "./chart_export.js";

const HEIGHT = 210;
const EDGE = { left: 52, right: 8, top: 20, bottom: 26 };
const LETTER = 7.4;
const LINE = 15;
// Up to so many bars all have their labels, below each other where they are too wide.
const FEW = 8;

// Both shapes of a dataset: calls by what became of them, or one figure with a mark for those that were missed.
const normalized = ({ name, Answered, Missed, val, isWarningValue }) => {
  const whole = Number(val ?? 0);
  return { name, answered: Answered ?? (isWarningValue ? 0 : whole), missed: Missed ?? (isWarningValue ? whole : 0) };
};

const total = ({ answered, missed }) => answered + missed;

const shortName = (name) => (name === "missed" ? t("missed") : name.replace(/^\d{4}-/, ""));

export class Bars {
  constructor(container) {
    this.container = container;
    this.name = container.dataset.set;
    this.at = -1;
    this.tip = make("p", { class: "tip", hidden: true });
    this.words = make("p", { class: "unseen", "aria-live": "polite" });
    this.plot = make("div", { class: "plot" });
    this.table = make("div", { class: "figures" });
    this.legend = make("ul", { class: "legend" }, make("li", { class: "answered" }, t("Answered")), make("li", { class: "missed" }, t("Missed")));
    const csv = make("button", { type: "button", class: "quiet", onclick: () => this.save() }, "CSV");
    const png = make("button", { type: "button", class: "quiet", onclick: () => savePng(this.svg, `${this.file}.png`) }, "PNG");
    const tools = make("div", { class: "tools" }, this.legend, csv, png);
    container.replaceChildren(tools, this.plot, this.words, make("details", {}, make("summary", {}, t("As a table")), this.table));
  }

  // The period becomes part of the names of files.
  show(data, period) {
    this.file = `${this.name}-${period}`;
    this.bars = data.map(normalized);
    this.at = -1;
    const rows = this.bars.map((bar) => make("tr", {}, make("th", { scope: "row" }, bar.name), make("td", {}, number(bar.answered)), make("td", {}, number(bar.missed))));
    const head = make("tr", {}, make("td"), ...[t("Answered"), t("Missed")].map((name) => make("th", { scope: "col" }, name)));
    this.table.replaceChildren(make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
    this.draw();
  }

  draw() {
    const [at, had] = [this.at, this.plot.contains(document.activeElement)];
    this.svg = this.chart();
    this.plot.replaceChildren(this.svg, this.tip);
    if (had) this.svg.focus();
    this.point(at);
  }

  save() {
    saveCsv([[t("Name"), t("Answered"), t("Missed")], ...this.bars.map((bar) => [bar.name, bar.answered, bar.missed])], `${this.file}.csv`);
  }

  chart() {
    const width = Math.max(260, this.plot.clientWidth);
    const most = roundAbove(Math.max(...this.bars.map(total)));
    this.wide = (width - EDGE.left - EDGE.right) / this.bars.length;
    const letters = Math.max(...this.bars.map(({ name }) => shortName(name).length));
    this.every = Math.ceil((letters * LETTER + 8) / this.wide);
    const height = HEIGHT + (this.bars.length <= FEW ? (this.every - 1) * LINE : 0);
    this.y = (value) => EDGE.top + (1 - value / most) * (HEIGHT - EDGE.top - EDGE.bottom);
    const calls = this.bars.reduce((sum, bar) => sum + total(bar), 0);
    const label = t("{calls} calls in {count} bar. Arrow keys read each.|{calls} calls in {count} bars. Arrow keys read each.", { calls: number(calls), count: this.bars.length });
    const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, tabindex: 0, role: "img", "aria-label": label });
    svg.append(this.hatching());
    for (const value of [0, most / 2, most]) {
      svg.append(draw("line", { class: "grid", x1: EDGE.left, x2: width - EDGE.right, y1: this.y(value), y2: this.y(value) }));
      svg.append(draw("text", { x: EDGE.left - 6, y: this.y(value) + 4, "text-anchor": "end" }, number(value)));
    }
    this.drawBars(svg, width);
    svg.addEventListener("pointermove", (event) => this.point(Math.floor((event.offsetX * (width / svg.clientWidth) - EDGE.left) / this.wide)));
    svg.addEventListener("pointerleave", () => this.point(-1));
    svg.addEventListener("blur", () => this.point(-1));
    svg.addEventListener("keydown", (event) => this.step(event));
    return svg;
  }

  // Missed calls differ by their pattern, too, not by color alone.
  hatching() {
    this.pattern = `hatch-${this.name}`;
    const size = { width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
    return draw("defs", {}, draw("pattern", { id: this.pattern, ...size }, draw("rect", { class: "missed", width: 6, height: 6 }), draw("rect", { class: "hatch", width: 2, height: 6 })));
  }

  drawBars(svg, width) {
    const figures = Math.max(...this.bars.map((bar) => number(total(bar)).length)) * LETTER < this.wide;
    this.bars.forEach((bar, index) => {
      const x = EDGE.left + index * this.wide;
      const box = (low, top, more) => draw("rect", { x: x + this.wide * 0.1, width: this.wide * 0.8, y: this.y(top), height: Math.max(0, this.y(low) - this.y(top)), ...more });
      svg.append(draw("g", { class: "bar" }, box(0, bar.answered, { class: "answered" }), box(bar.answered, total(bar), { fill: `url(#${this.pattern})` })));
      const middle = x + this.wide / 2;
      if (figures) svg.append(draw("text", { x: middle, y: this.y(total(bar)) - 5, "text-anchor": "middle" }, number(total(bar))));
      const [few, place] = [this.bars.length <= FEW, index % this.every];
      if (place && !few) return;
      // A label at the edge is moved inside, so that none is cut.
      const half = (shortName(bar.name).length * LETTER) / 2;
      svg.append(draw("text", { x: Math.min(Math.max(middle, half), width - half), y: HEIGHT - 8 + (few ? place * LINE : 0), "text-anchor": "middle" }, shortName(bar.name)));
    });
  }

  step(event) {
    const last = this.bars.length - 1;
    const from = this.at < 0 ? { ArrowLeft: last + 1, ArrowRight: -1 }[event.key] : this.at;
    const next = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last, Escape: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.point(next < 0 && event.key !== "Escape" ? 0 : Math.min(last, next));
  }

  point(at) {
    this.at = at;
    this.svg.querySelectorAll(".bar").forEach((group, index) => group.classList.toggle("chosen", index === at));
    const bar = this.bars[at];
    this.tip.hidden = !bar;
    const text = bar ? t("{name}: {answered} answered, {missed} missed", { name: bar.name, answered: number(bar.answered), missed: number(bar.missed) }) : "";
    put(this.tip, text);
    put(this.words, text);
    if (!bar) return;
    // Beside the bar, and within the chart.
    const scale = this.svg.clientWidth / this.svg.viewBox.baseVal.width;
    const left = (EDGE.left + (at + 0.5) * this.wide) * scale - this.tip.offsetWidth / 2;
    this.tip.style.left = `${Math.max(0, Math.min(left, this.plot.clientWidth - this.tip.offsetWidth))}px`;
    this.tip.style.top = `${Math.max(0, this.y(total(bar)) * scale - this.tip.offsetHeight - 6)}px`;
  }
}
