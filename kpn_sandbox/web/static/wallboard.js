// The wallboard: reads the public API every second and shows the answers, errors included.
import { basic, find, put, vendorToken } from "./common.js";
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
let login = JSON.parse(sessionStorage.getItem("wallboard") || "null");
let client = null;
let frame = { goals: [], clock: {}, faults: 0 };
let framedAt = -Infinity;
let framedFor = "";
let renewed = false;

async function logIn() {
  const { access_token: token, client_id: account } = await vendorToken(login && basic(...login));
  client = new DashboardClient(token);
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
  const frozen = frame.clock.mode === "frozen";
  put(find("#state"), stale ? "■ Stale" : client.complaint ? "▲ Trouble" : frozen ? "❚❚ Frozen" : "● Live");
  const words = [client.complaint, stale ? `Data is stale: the last good answer came ${Math.floor(age / SECOND)} s ago.` : ""];
  trouble(words.filter(Boolean).join(" "));
}

function showClock() {
  put(find("#time"), client.instant.slice(11, 19) || "--:--:--");
  put(find("#date"), client.instant.slice(0, 10));
  const { mode, speed } = frame.clock;
  const changed = [mode === "frozen" ? "clock frozen" : speed && speed !== 1 ? `clock × ${speed}` : "", frame.scenario || "",
    frame.faults ? `▲ ${frame.faults} fault plan${frame.faults > 1 ? "s" : ""}` : "", frame.pins ? `${frame.pins} pinned` : ""];
  put(find("#clock"), changed.filter(Boolean).join(" · "));
}

function show() {
  const { agents, queues, trunks } = client.data;
  if (queues) {
    showQueues(queues, frame.goals);
    showTotals(queues, frame.goals);
  }
  if (agents) showAgents(agents);
  if (trunks) showTrunks(trunks);
  showClock();
}

// The frame is read now and then, and when the account's clock was set.
async function refreshFrame() {
  const minute = client.instant.slice(0, 15) + client.replay;
  if (Date.now() - framedAt < FRAME_EVERY && minute === framedFor) return;
  const next = await client.frame();
  if (!next) return;
  frame = next;
  framedAt = Date.now();
  framedFor = minute;
  chart.show(next);
}

async function renew() {
  if (renewed) return;
  renewed = true;
  await logIn();
}

async function tick() {
  const began = Date.now();
  try {
    if (!client) await logIn();
    const good = await client.all();
    if (client.refused) await renew();
    else renewed = false;
    if (good) await refreshFrame();
    show();
  } catch (error) {
    if (error.status === 401 || error.status === 404) {
      client = null;
      login = null;
      sessionStorage.removeItem("wallboard");
      return showLogin(local ? `${error.message}` : error.message);
    }
    if (client) client.complaint = `No connection to the sandbox: ${error.message}.`;
    else put(find("#state"), "No connection to the sandbox");
  }
  setTimeout(tick, Math.max(200, SECOND - (Date.now() - began)));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  login = [form.client_id.value, form.client_secret.value];
  sessionStorage.setItem("wallboard", JSON.stringify(login));
  tick();
});
setInterval(() => client && showState(), 500);
find("#all-agents").addEventListener("change", () => client && show());
addEventListener("resize", () => { if (client) { show(); chart.draw(); } });
showLegend(find("#legend"));
if (login || local) tick();
else showLogin("");
