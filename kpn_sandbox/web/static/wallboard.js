// The wallboard: every second the figures that the public API has, and what its clients would meet in their place.
import { find, put } from "./common.js";
import { storeLogin, storedLogin } from "./page_data.js";
import { DashboardClient } from "./dashboard_client.js";
import { Chart } from "./chart.js";
import { showAgents, showLegend } from "./agents.js";
import { showQueues } from "./queues.js";
import { showTrunks } from "./trunks.js";
import { showTotals } from "./totals.js";

const SECOND = 1000;
const STALE_AFTER = 4 * SECOND;
const FRAME_EVERY = 30 * SECOND;

const form = find("#login");
const local = form.dataset.local === "yes";
const chart = new Chart(find("#chart"), find("#day-table"));
let login = storedLogin();
let client = null;
let framedAt = -Infinity;
let framedFor = "";

async function logIn() {
  const opened = new DashboardClient(login);
  await opened.all();
  client = opened;
  const account = client.data.client_id;
  framedAt = -Infinity;
  put(find("#account-name"), account);
  document.title = `${account} · Wallboard · kpn_sandbox`;
  form.hidden = true;
  find("#wallboard").hidden = false;
}

function showLogin(text) {
  find("#wallboard").hidden = true;
  form.hidden = false;
  put(find("#refused"), text);
  put(find("#state"), "Not logged in");
}

function trouble(text) {
  const alarm = find("#trouble");
  put(alarm, text);
  alarm.hidden = !text;
}

function showState() {
  const age = Date.now() - client.goodAt;
  const stale = age > STALE_AFTER;
  document.body.classList.toggle("stale", stale);
  const frozen = client.data.clock.mode === "frozen";
  put(find("#state"), stale ? "■ Stale" : client.complaint ? "▲ Trouble" : frozen ? "❚❚ Frozen" : "● Live");
  const words = [client.complaint, stale ? `Data is stale: the last good answer came ${Math.floor(age / SECOND)} s ago.` : ""];
  trouble(words.filter(Boolean).join(" "));
}

function showClock() {
  const { at, clock: { mode, speed }, scenario, faults, pins } = client.data;
  put(find("#time"), at.slice(11, 19));
  put(find("#date"), at.slice(0, 10));
  const changed = [mode === "frozen" ? "clock frozen" : speed && speed !== 1 ? `clock × ${speed}` : "", scenario,
    faults ? `▲ ${faults} fault plan${faults > 1 ? "s" : ""}` : "", pins ? `${pins} pinned` : ""];
  put(find("#clock"), changed.filter(Boolean).join(" · "));
}

function show() {
  const { agents, queues, trunks, goals } = client.data;
  showQueues(queues, goals);
  showTotals(queues, goals);
  showAgents(agents);
  showTrunks(trunks);
  showClock();
}

// The frame is read now and then, and when the account's clock was set.
async function refreshFrame() {
  const { at, replay } = client.data;
  const tenMinutes = at.slice(0, 15) + replay.replace(/; at=.*/, "");
  if (Date.now() - framedAt < FRAME_EVERY && tenMinutes === framedFor) return;
  const next = await client.frame();
  framedAt = Date.now();
  framedFor = tenMinutes;
  chart.show(next);
}

async function tick() {
  const began = Date.now();
  try {
    if (client) await client.all();
    else await logIn();
    await refreshFrame();
    show();
  } catch (error) {
    if (error.status === 401 || error.status === 404) {
      client = null;
      login = null;
      storeLogin(null);
      return showLogin(error.message);
    }
    if (client) client.complaint = error.status ? error.message : `No connection to the sandbox: ${error.message}.`;
    else put(find("#state"), "No connection to the sandbox");
  }
  setTimeout(tick, Math.max(200, SECOND - (Date.now() - began)));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  login = { id: form.client_id.value, secret: form.client_secret.value };
  storeLogin(login);
  tick();
});
setInterval(() => client && showState(), 500);
find("#all-agents").addEventListener("change", () => client && show());
addEventListener("resize", () => { if (client) { show(); chart.draw(); } });
showLegend(find("#legend"));
if (login || local) tick();
else showLogin("");
