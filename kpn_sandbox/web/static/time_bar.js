// The day from midnight to midnight with the calls that wait, what marks it, and the instant shown as a handle.
// Drag it, use the keys of a slider, step a minute, play, or choose another day. Who uses it says what that does.
import { draw, find, make, put } from "./common.js";
import { localText, timeText } from "./local_time.js";
import { t } from "./words.js";

const MINUTE = 60;
const HOUR = 3600;
const SPEEDS = [1, 10, 60, 600];
const SEEK_EVERY = 200;
const MOVES = { ArrowLeft: -MINUTE, ArrowDown: -MINUTE, ArrowRight: MINUTE, ArrowUp: MINUTE, PageUp: HOUR, PageDown: -HOUR };

function nameOf(mark, hour) {
  switch (mark.kind) {
    case "morning_peak": return t("Morning peak");
    case "lunch": return t("Lunch");
    case "opens": return t("Opens {hour}", { hour });
    case "closes": return t("Closes {hour}", { hour });
    case "outage": return t("Outage of {name}", { name: mark.name });
    default: return mark.name ? t("Scenario {name}", { name: mark.name }) : t("Profile changed");
  }
}

export class TimeBar {
  // read(date) resolves to the outline of a day; seek(instant in milliseconds) goes there, play(speed) moves on from
  // there, with 0 to stand still, and live(), if given, comes back from a view of the page's own.
  // While the handle is dragged it goes along, unless going somewhere is costly.
  constructor(container, { read, seek, play, live = null, whileDragging = true }) {
    Object.assign(this, { container, read, seek, play, live, whileDragging, outline: null, at: NaN, dragged: null, key: "", sought: 0 });
    this.build();
    new ResizeObserver(() => this.draw()).observe(this.track);
  }

  build() {
    this.date = make("input", { type: "date", min: "2000-01-01", max: "2100-12-31", "aria-label": t("Day"), onchange: () => this.chooseDay() });
    const step = (seconds, sign, name) => make("button", { type: "button", class: "quiet", "aria-label": name, title: name, onclick: () => this.move(seconds) }, sign);
    this.speeds = [0, ...SPEEDS].map((speed) => make("button", {
      type: "button", class: "quiet", "data-speed": speed, "aria-pressed": "false", onclick: () => this.play(speed),
      "aria-label": speed ? t("Play at {speed} times", { speed }) : t("Stand still"), title: speed ? t("Play at {speed} times", { speed }) : t("Stand still"),
    }, speed ? `${speed}×` : "❚❚"));
    this.viewing = make("button", { type: "button", class: "viewing", hidden: true, onclick: () => { this.track.focus(); this.live(); } });
    this.controls = make("div", { class: "time-controls" }, this.date, step(-MINUTE, "−1′", t("1 minute back")), step(MINUTE, "+1′", t("1 minute on")),
      make("span", { role: "group", "aria-label": t("Play"), class: "speeds" }, ...this.speeds));
    this.track = make("div", { class: "time-track", role: "slider", tabindex: 0, "aria-label": t("Time of day"), "aria-valuemin": 0, "aria-valuemax": 86_399, "aria-valuenow": 0 });
    for (const [name, handle] of Object.entries({ pointerdown: "grab", pointermove: "drag", pointerup: "drop", pointercancel: "drop", keydown: "press" })) {
      this.track.addEventListener(name, (event) => this[handle](event));
    }
    // Its place is kept free, so that the handle stays where it is when the view begins.
    this.container.replaceChildren(this.controls, this.track, ...(this.live ? [this.viewing] : []));
  }

  // Shows an instant in milliseconds; a key that differs means that the day itself may be another one.
  show({ at, speed, key, viewing = false }) {
    this.at = at;
    for (const button of this.speeds) {
      const pressed = String(Number(button.dataset.speed) === speed);
      if (button.getAttribute("aria-pressed") !== pressed) button.setAttribute("aria-pressed", pressed);
    }
    this.viewing.hidden = !viewing;
    if (viewing) put(this.viewing, t("Viewing {time} – back to live", { time: timeText(at) }));
    const date = localText(at).slice(0, 10);
    if (document.activeElement !== this.date && this.date.value !== date) this.date.value = date;
    if (this.outline?.date !== date || this.key !== key) this.load(date, key);
    if (this.dragged === null) this.point(this.seconds());
  }

  async load(date, key) {
    if (this.loading === date + key) return;
    this.loading = date + key;
    try {
      const outline = await this.read(date);
      if (this.loading !== date + key) return;
      this.outline = outline;
      this.key = key;
      this.draw();
    } finally {
      this.loading = "";
    }
  }

  seconds() { return Math.round((this.at - this.outline?.starts_at * 1000) / 1000); }

  draw() {
    const [width, height] = [this.track.clientWidth, this.track.clientHeight];
    if (!this.outline || !width || !height) return;
    const { seconds, step_seconds: step, most } = this.outline;
    const size = parseFloat(getComputedStyle(this.track).fontSize);
    this.scale = { x: (second) => (second / seconds) * width, width, seconds };
    const floor = height - size * 1.35;
    const top = Math.max(4, ...most);
    const y = (value) => floor - (value / top) * (floor - size * 0.4);
    const line = most.map((value, index) => `${this.scale.x(index * step).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
    this.handle = draw("g", { class: "handle" }, draw("line", { x1: 0, x2: 0, y1: 0, y2: floor }), draw("circle", { cx: 0, cy: floor, r: size * 0.42 }));
    const [shapes, names] = this.marks(floor, size);
    const svg = draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
      ...shapes, draw("polygon", { class: "waiting", points: `0,${floor} ${line} ${width},${floor}` }),
      draw("line", { class: "floor", x1: 0, x2: width, y1: floor, y2: floor }), ...this.hours(height, size), this.handle, ...names);
    this.track.replaceChildren(svg);
    this.point(this.dragged ?? this.seconds());
  }

  hours(height, size) {
    const every = [1, 2, 3, 4, 6, 12].find((hours) => this.scale.x(hours * HOUR) > size * 5) || 12;
    return this.outline.hours.map((hour, index) => [hour, index]).filter(([, index]) => index % every === 0 && index < this.outline.hours.length - 1)
      .map(([hour, index]) => draw("text", { x: this.scale.x(index * HOUR) + (index ? 0 : 1), y: height - size * 0.25, "text-anchor": index ? "middle" : "start" }, hour));
  }

  // Bands for what lasts, lines for moments; names where there is room for them.
  marks(floor, size) {
    let free = 0;
    const [shapes, names] = [[], []];
    this.outline.marks.forEach((mark, at, marks) => {
      const [start, end] = [this.scale.x(mark.from), this.scale.x(mark.to ?? mark.from)];
      const name = nameOf(mark, this.hour(mark.from));
      shapes.push(draw("rect", { class: `mark ${mark.kind}`, x: start, width: Math.max(2, end - start), y: 0, height: floor }, draw("title", {}, name)));
      const width = name.length * size * 0.56;
      // A name ends where its band does when the next one begins before it would end.
      const next = at + 1 < marks.length ? this.scale.x(marks[at + 1].from) : this.scale.width;
      const x = start + 3 + width < next ? start + 3 : Math.min(end, next) - width - 3;
      if (x < free) return;
      free = x + width;
      names.push(draw("text", { x, y: size, class: "mark-name" }, name));
    });
    return [shapes, names];
  }

  hour(second) { return timeText((this.outline.starts_at + second) * 1000); }

  point(second) {
    if (!this.handle || Number.isNaN(second)) return;
    const held = Math.max(0, Math.min(this.scale.seconds - 1, second));
    this.handle.setAttribute("transform", `translate(${this.scale.x(held).toFixed(1)},0)`);
    this.track.setAttribute("aria-valuemax", this.scale.seconds - 1);
    this.track.setAttribute("aria-valuenow", held);
    this.track.setAttribute("aria-valuetext", this.words(held));
  }

  words(second) {
    const { waiting, step_seconds: step, marks } = this.outline;
    const here = marks.filter((mark) => mark.from <= second && second < (mark.to ?? mark.from)).map((mark) => nameOf(mark, this.hour(mark.from)));
    return [this.hour(second), t("{count} call waits|{count} calls wait", { count: waiting[Math.floor(second / step)] }), ...here].join(", ");
  }

  // Goes to a second of the day shown.
  go(second) {
    const held = Math.max(0, Math.min(this.scale.seconds - 1, second));
    this.at = (this.outline.starts_at + held) * 1000;
    this.point(held);
    this.seek(this.at);
  }

  move(seconds) { this.seek(this.at + seconds * 1000); }

  // The same time on another day; where clocks change it may be another hour.
  chooseDay() {
    const [from, to] = [localText(this.at).slice(0, 10), this.date.value].map((date) => Date.parse(`${date}T00:00:00Z`));
    if (Number.isNaN(to)) return;
    const at = this.at + to - from;
    const late = Date.parse(`${localText(at)}Z`) - Date.parse(`${localText(this.at)}Z`) - (to - from);
    this.seek(at - late);
  }

  grab(event) {
    if (!this.outline || event.button > 0) return;
    this.track.setPointerCapture(event.pointerId);
    this.track.focus();
    this.dragged = this.secondAt(event);
    this.drag(event);
  }

  drag(event) {
    if (this.dragged === null) return;
    this.dragged = this.secondAt(event);
    this.point(this.dragged);
    if (!this.whileDragging || Date.now() - this.sought < SEEK_EVERY) return;
    this.sought = Date.now();
    this.go(this.dragged);
  }

  drop(event) {
    if (this.dragged === null) return;
    const second = event.type === "pointerup" ? this.secondAt(event) : this.dragged;
    this.dragged = null;
    this.go(second);
  }

  secondAt(event) {
    const { left, width } = this.track.getBoundingClientRect();
    const second = ((event.clientX - left) / width) * this.scale.seconds;
    return Math.max(0, Math.min(this.scale.seconds - 1, Math.round(second / MINUTE) * MINUTE));
  }

  press(event) {
    if (!this.outline || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Home") this.go(0);
    else if (event.key === "End") this.go(this.scale.seconds - 1);
    else if (MOVES[event.key]) this.go(this.seconds() + MOVES[event.key]);
    else return;
    event.preventDefault();
  }
}
