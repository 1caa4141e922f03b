// Trunks: each port a small square, or a bar with counts where there are many ports or trunks.
import { draw, find, make, put } from "./common.js";
import { isHallDisplay, isWholeScreen } from "./screen.js";
import { t } from "./words.js";

const STATES = { SEIZED: "talks", QUEUEDIN: "waits", IDLE: "idle", FAULT: "fault" };
const MOST_SQUARES = 120;
const MOST_WITH_SQUARES = 4;
const IN_A_ROW = [30, 36, 45, 60];
const SIDE = 10;

function box(trunk) {
  return make("section", { "data-number": trunk.Number, class: "trunk" }, make("h3"), make("p", { class: "counts" }),
    make("div", { class: "bar-of-ports" }, ...Object.values(STATES).map((kind) => make("span", { class: kind }))), draw("svg", { class: "ports", role: "img" }));
}

function squares(svg, ports, inRow) {
  const rows = Math.ceil(ports.length / inRow);
  const path = (state) => ports.map((port, at) => {
    if (port.State !== state) return "";
    const [x, y] = [(at % inRow) * SIDE + 1, Math.floor(at / inRow) * SIDE + 1];
    if (state === "QUEUEDIN") return `M${x},${y}h8v8z`;
    return state === "FAULT" ? `M${x},${y}l8,8m0,-8l-8,8` : `M${x},${y}h8v8h-8z`;
  }).join("");
  if (!svg.children.length) svg.append(...Object.values(STATES).map((kind) => draw("path", { class: kind })));
  const box = `0 0 ${inRow * SIDE} ${rows * SIDE}`;
  if (svg.getAttribute("viewBox") !== box) svg.setAttribute("viewBox", box);
  Object.keys(STATES).forEach((state, at) => svg.children[at].setAttribute("d", path(state)));
}

// With how many squares in a row the ports of all trunks fit; 0 when they do not.
function squaresInRow(trunks, container) {
  const most = Math.max(...trunks.map((trunk) => trunk.Ports.length));
  if (most > MOST_SQUARES || trunks.length > MOST_WITH_SQUARES) return 0;
  if (!isWholeScreen()) return IN_A_ROW[0];
  const words = 1.6 * parseFloat(getComputedStyle(container).fontSize);
  const room = container.clientHeight / trunks.length - words;
  return IN_A_ROW.find((inRow) => Math.ceil(most / inRow) * (container.clientWidth / inRow) < room) || 0;
}

function fill(element, trunk, brief, inRow) {
  const [name, counts, bar, svg] = element.children;
  const count = Object.fromEntries(Object.keys(STATES).map((state) => [state, trunk.Ports.filter((port) => port.State === state).length]));
  const words = t("{talks} ports talk, {waits} wait, {idle} free, {faults} out of service", { talks: count.SEIZED, waits: count.QUEUEDIN, idle: count.IDLE, faults: count.FAULT });
  const [used, all] = [trunk.PortsInUse, trunk.TotalPorts];
  // In one line in any case, so that a trunk takes as much room during an outage as before.
  const inUse = brief ? `${used}/${all}` : count.FAULT || isHallDisplay() ? t("{used}/{all} in use", { used, all }) : t("{used} of {all} ports in use", { used, all });
  put(name, trunk.Name);
  put(counts, inUse + (count.FAULT ? ` ✕${brief ? "" : " "}${count.FAULT}` : ""));
  element.title = `${trunk.Name}: ${words}`;
  element.dataset.mark = count.FAULT ? "bad" : Number(trunk.Usage) >= 90 ? "warn" : "";
  element.classList.toggle("as-squares", inRow > 0);
  Object.keys(STATES).forEach((state, at) => { bar.children[at].style.flexGrow = count[state]; });
  if (!inRow) return;
  svg.setAttribute("aria-label", words);
  squares(svg, trunk.Ports, inRow);
}

// On a whole screen those that are used most, and the others together, where not all fit.
function fitting(trunks, container) {
  if (!isWholeScreen()) return { shown: trunks, rest: [] };
  if (!container.children.length) container.append(box(trunks[0]));
  const { gridTemplateColumns: columns, rowGap } = getComputedStyle(container);
  const gap = parseFloat(rowGap);
  const rows = (room) => Math.max(1, Math.floor((room + gap) / (container.firstChild.offsetHeight + gap))) * columns.split(" ").length;
  const words = find("#trunk-rest").offsetHeight;
  if (trunks.length <= rows(container.clientHeight + words)) return { shown: trunks, rest: [] };
  const order = [...trunks].sort((one, other) => other.PortsInUse / other.TotalPorts - one.PortsInUse / one.TotalPorts);
  const kept = new Set(order.slice(0, rows(container.clientHeight - (words ? 0 : container.firstChild.offsetHeight * 1.5))));
  return { shown: trunks.filter((trunk) => kept.has(trunk)), rest: trunks.filter((trunk) => !kept.has(trunk)) };
}

export function showTrunks({ trunks }) {
  const panel = find(".trunks");
  const container = find("#trunk-list");
  const brief = trunks.length > MOST_WITH_SQUARES;
  panel.classList.toggle("brief", brief);
  find("#wallboard").classList.toggle("many-trunks", brief);
  const { shown, rest } = brief ? fitting(trunks, container) : { shown: trunks, rest: [] };
  const same = container.children.length === shown.length && shown.every((trunk, at) => container.children[at].dataset.number === trunk.Number);
  if (!same) container.replaceChildren(...shown.map(box));
  const inRow = squaresInRow(shown, container);
  shown.forEach((trunk, at) => fill(container.children[at], trunk, brief, inRow));
  const sum = (name) => rest.reduce((total, trunk) => total + Number(trunk[name]), 0);
  put(find("#trunk-rest"), rest.length ? t("and {count} more trunk: {used} of {all} ports|and {count} more trunks: {used} of {all} ports", { count: rest.length, used: sum("PortsInUse"), all: sum("TotalPorts") }) : "");
}
