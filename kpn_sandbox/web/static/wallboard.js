// The wallboard: asks the public API every second and shows what it says, also when it says no.
import { basic, find, put, vendorToken } from "./common.js";
import { Asking } from "./asking.js";
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
let asking = null;
let frame = { goals: [], clock: {}, faults: 0 };
let framedAt = -Infinity;
let framedFor = "";
let renewed = false;

async function enter() {
  const { access_token: token, client_id: account } = await vendorToken(login && basic(...login));
  asking = new Asking(token);
  framedAt = -Infinity;
  put(find("#whose"), account);
  document.title = `${account} · Wallboard · kpn_sandbox`;
  form.hidden = true;
  find("#board").hidden = false;
}

function showLogin(text) {
  find("#board").hidden = true;
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
  const age = Date.now() - asking.goodAt;
  const stale = age > STALE_AFTER;
  document.body.classList.toggle("stale", stale);
  const frozen = frame.clock.mode === "frozen";
  put(find("#state"), stale ? "■ Stale" : asking.complaint ? "▲ Trouble" : frozen ? "❚❚ Frozen" : "● Live");
  const words = [asking.complaint, stale ? `Data is stale: the last good answer came ${Math.floor(age / SECOND)} s ago.` : ""];
  trouble(words.filter(Boolean).join(" "));
}

function showClock() {
  put(find("#time"), asking.instant.slice(11, 19) || "--:--:--");
  put(find("#date"), asking.instant.slice(0, 10));
  const { mode, speed } = frame.clock;
  const turned = [mode === "frozen" ? "clock frozen" : speed && speed !== 1 ? `clock × ${speed}` : "", frame.scenario || "",
    frame.faults ? `▲ ${frame.faults} fault plan${frame.faults > 1 ? "s" : ""}` : "", frame.pins ? `${frame.pins} pinned` : ""];
  put(find("#clock"), turned.filter(Boolean).join(" · "));
}

function show() {
  const { agents, queues, trunks } = asking.data;
  if (queues) {
    showQueues(queues, frame.goals);
    showTotals(queues, frame.goals);
  }
  if (agents) showAgents(agents);
  if (trunks) showTrunks(trunks);
  showClock();
}

// The frame is asked for now and then, and when the account's time has made a leap.
async function refreshFrame() {
  const minute = asking.instant.slice(0, 15) + asking.replay;
  if (Date.now() - framedAt < FRAME_EVERY && minute === framedFor) return;
  const told = await asking.frame();
  if (!told) return;
  frame = told;
  framedAt = Date.now();
  framedFor = minute;
  chart.show(told);
}

async function renew() {
  if (renewed) return;
  renewed = true;
  await enter();
}

async function tick() {
  const began = Date.now();
  try {
    if (!asking) await enter();
    const good = await asking.all();
    if (asking.refused) await renew();
    else renewed = false;
    if (good) await refreshFrame();
    show();
  } catch (error) {
    if (error.status === 401 || error.status === 404) {
      asking = null;
      login = null;
      sessionStorage.removeItem("wallboard");
      return showLogin(local ? `${error.message}` : error.message);
    }
    if (asking) asking.complaint = `No connection to the sandbox: ${error.message}.`;
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
setInterval(() => asking && showState(), 500);
find("#all-agents").addEventListener("change", () => asking && show());
addEventListener("resize", () => { if (asking) { show(); chart.draw(); } });
showLegend(find("#legend"));
if (login || local) tick();
else showLogin("");
