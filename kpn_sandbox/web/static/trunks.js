// Trunks with their ports, each a small sign.
import { find, make, put } from "./common.js";
import { isHallDisplay } from "./queues.js";

const SIGNS = { SEIZED: "■", QUEUEDIN: "◧", IDLE: "□", FAULT: "✕" };
const MOST_SIGNS = 240;
const MOST_IN_FULL = 2;
const MOST_IN_WORDS = 6;

function box(trunk) {
  return make("section", { "data-number": trunk.Number, class: "trunk" },
    make("h3"), make("p", { class: "figures" }), make("meter", { min: 0, max: 100 }), make("p", { class: "ports", role: "img" }));
}

function used(trunk, faults, brief) {
  if (brief) return `${trunk.PortsInUse}/${trunk.TotalPorts}${faults ? ` ✕${faults}` : ""}`;
  return `${trunk.PortsInUse} of ${trunk.TotalPorts} ports in use${faults ? `, ✕ ${faults} out of service` : ""}`;
}

function fill(element, trunk, brief) {
  const [name, figures, meter, ports] = element.children;
  const count = (state) => trunk.Ports.filter((port) => port.State === state).length;
  const faults = count("FAULT");
  put(name, trunk.Name);
  put(figures, used(trunk, faults, brief));
  meter.value = Number(trunk.Usage);
  meter.setAttribute("aria-label", `${trunk.Name} in use, percent`);
  element.dataset.mark = faults ? "bad" : Number(trunk.Usage) >= 90 ? "warn" : "";
  const signs = trunk.Ports.slice(0, MOST_SIGNS).map((port) => SIGNS[port.State] || "?").join("");
  put(ports, signs + (trunk.Ports.length > MOST_SIGNS ? " …" : ""));
  ports.setAttribute("aria-label", `${count("SEIZED")} ports talk, ${count("QUEUEDIN")} wait, ${count("IDLE")} free, ${faults} out of service`);
}

export function showTrunks(trunks) {
  const container = find("#trunk-list");
  const brief = isHallDisplay() && trunks.length > MOST_IN_WORDS;
  container.closest(".panel").classList.toggle("many", trunks.length > MOST_IN_FULL);
  container.closest(".panel").classList.toggle("brief", brief);
  const same = container.children.length === trunks.length && trunks.every((trunk, at) => container.children[at].dataset.number === trunk.Number);
  if (!same) container.replaceChildren(...trunks.map(box));
  trunks.forEach((trunk, at) => fill(container.children[at], trunk, brief));
}
