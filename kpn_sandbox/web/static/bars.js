// Bars of answered and missed calls, missed ones on top; a sentence describes the bar under the pointer.
import { draw, make, put, roundAbove } from "./common.js";

const HEIGHT = 190;
const EDGE = { left: 46, right: 6, top: 10, bottom: 24 };

// Both shapes of a dataset: calls by what became of them, or one figure with a mark for those that were missed.
const normalized = ({ name, Answered, Missed, val, isWarningValue }) => {
  const whole = Number(val ?? 0);
  return { name, answered: Answered ?? (isWarningValue ? 0 : whole), missed: Missed ?? (isWarningValue ? whole : 0) };
};

const sentence = ({ name, answered, missed }) => [answered || !missed ? `${answered} answered` : "", missed ? `${missed} missed` : ""]
  .filter(Boolean).join(", ").replace(/^/, `${name}: `);

export class Bars {
  constructor(container) {
    this.container = container;
    this.at = -1;
  }

  show(data) {
    this.bars = data.map(normalized);
    const words = make("p", { class: "reading", "aria-live": "polite" });
    this.words = words;
    this.svg = this.chart();
    const rows = this.bars.map((bar) => make("tr", {}, make("th", { scope: "row" }, bar.name), make("td", {}, String(bar.answered)), make("td", {}, String(bar.missed))));
    const head = make("tr", {}, ...["", "Answered", "Missed"].map((name) => make("th", { scope: "col" }, name)));
    const table = make("details", {}, make("summary", {}, "As a table"), make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
    this.container.replaceChildren(this.svg, words, table);
    this.point(-1);
  }

  chart() {
    const width = Math.max(280, this.container.clientWidth);
    const most = roundAbove(Math.max(...this.bars.map((bar) => bar.answered + bar.missed)));
    const high = HEIGHT - EDGE.top - EDGE.bottom;
    const wide = (width - EDGE.left - EDGE.right) / this.bars.length;
    const y = (value) => EDGE.top + (1 - value / most) * high;
    const total = this.bars.reduce((sum, bar) => sum + bar.answered + bar.missed, 0);
    const svg = draw("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, tabindex: 0, role: "img", "aria-label": `${total} calls in ${this.bars.length} bars. Arrow keys tell each.` });
    for (const value of [0, Math.round(most / 2), most]) {
      svg.append(draw("line", { class: "grid", x1: EDGE.left, x2: width - EDGE.right, y1: y(value), y2: y(value) }));
      svg.append(draw("text", { x: EDGE.left - 6, y: y(value) + 4, "text-anchor": "end" }, String(value)));
    }
    const every = Math.ceil(72 / wide);
    this.bars.forEach((bar, index) => {
      const x = EDGE.left + index * wide;
      const parts = [["answered", 0, bar.answered], ["missed", bar.answered, bar.answered + bar.missed]];
      const group = draw("g", {}, ...parts.map(([kind, low, top]) => draw("rect", {
        class: kind, x: x + wide * 0.1, width: wide * 0.8, y: y(top), height: Math.max(0, y(low) - y(top)),
      })));
      svg.append(group);
      if (index % every === 0) svg.append(draw("text", { x: x + wide / 2, y: HEIGHT - 6, "text-anchor": "middle" }, bar.name.replace(/^\d{4}-/, "")));
    });
    svg.addEventListener("pointermove", (event) => this.point(Math.floor((event.offsetX * (width / svg.clientWidth) - EDGE.left) / wide)));
    svg.addEventListener("pointerleave", () => this.point(-1));
    svg.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!move) return;
      event.preventDefault();
      this.point(Math.min(this.bars.length - 1, Math.max(0, this.at < 0 && move < 0 ? this.bars.length - 1 : this.at + move)));
    });
    return svg;
  }

  point(at) {
    this.at = at;
    this.svg.querySelectorAll("g").forEach((group, index) => group.setAttribute("class", index === at ? "chosen" : ""));
    const bar = this.bars[at];
    // Where no bar has both parts, the first is all that was missed.
    const stacked = this.bars.some(({ answered, missed }) => answered && missed);
    put(this.words, bar ? sentence(bar) : stacked ? "Lower part: answered. Upper part: missed." : "First bar: missed. Others: answered, by length of the talk.");
  }
}
