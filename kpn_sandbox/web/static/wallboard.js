// The wallboard: every second the figures that the public API has, and what its clients would meet in their place.
import { find, put } from "./common.js";
import { storeLogin, storedLogin } from "./page_data.js";
import { DashboardClient } from "./dashboard_client.js";
import { showAgents } from "./agents.js";
import { feedLength, showCalls } from "./call_feed.js";
import { Chart } from "./chart.js";
import { DayDialog } from "./day_dialog.js";
import { shortText } from "./local_time.js";
import { showQueues } from "./queues.js";
import { TimeBar } from "./time_bar.js";
import { showTotals } from "./totals.js";
import { showTrunks } from "./trunks.js";
import { View } from "./view.js";
import { t } from "./words.js";

const SECOND = 1000;
const STALE_AFTER = 4 * SECOND;
const CALLS_EVERY = 2 * SECOND;

const form = find("#login");
const local = form.dataset.local === "yes";
const view = new View();
const chart = new Chart(find("#chart"), find("#day-table"));
const dialog = new DayDialog(find("#day-dialog"), (kind, number) => client.read(`${kind}/${number}`));
const bar = new TimeBar(find("#time-bar"), {
  read: (date) => client.read("outline", { date }),
  seek: (at) => { view.seek(at); soon(); },
  play: (speed) => { view.play(client.shownAt, speed); soon(); },
  live: () => { view.follow(); soon(); },
});
let login = storedLogin();
let client = null;
let timer = 0;
let busy = false;
// What the slower parts were read for.
const read = { day: "", calls: "", callsAt: 0, shown: null };

async function logIn() {
  const opened = new DashboardClient(login, view);
  await opened.all();
  client = opened;
  const account = client.data.client_id;
  put(find("#account-name"), account);
  document.title = `${account} · ${t("Wallboard")} · kpn_sandbox`;
  form.hidden = true;
  find("#wallboard").hidden = false;
}

function showLogin(text) {
  find("#wallboard").hidden = true;
  form.hidden = false;
  put(find("#refused"), text);
  put(find("#state"), t("Not logged in"));
}

function showState() {
  const age = Date.now() - client.goodAt;
  const stale = age > STALE_AFTER;
  document.body.classList.toggle("stale", stale);
  const frozen = client.data.clock.mode === "frozen";
  put(find("#state"), stale ? t("■ Stale") : client.complaint ? t("▲ Trouble") : view.own ? t("◷ Replay") : frozen ? t("❚❚ Frozen") : t("● Live"));
  const words = [client.complaint, stale ? t("Data is stale: the last good answer came {seconds} s ago.", { seconds: Math.floor(age / SECOND) }) : ""];
  const alarm = find("#trouble");
  put(alarm, words.filter(Boolean).join(" "));
  alarm.hidden = !alarm.textContent;
}

function showClock() {
  const { at, clock: { mode, speed }, scenario, faults, pins } = client.data;
  put(find("#time"), at.slice(11, 19));
  put(find("#date"), at.slice(0, 10));
  const changed = [mode !== "frozen" && speed !== 1 && !view.own ? `× ${speed}` : "", scenario,
    faults ? t("▲ {count} fault plan|▲ {count} fault plans", { count: faults }) : "", pins ? t("{count} pinned", { count: pins }) : ""];
  const chip = find("#clock");
  put(chip, changed.filter(Boolean).join(" · "));
  if (chip.title !== chip.textContent) chip.title = chip.textContent;
  const pace = view.at !== null ? view.speed : mode === "frozen" || view.own ? 0 : speed;
  bar.show({ at: client.shownAt, speed: pace, key: configuration(), viewing: view.own });
}

// What a day follows from besides its date.
const configuration = () => client.data.replay.replace(/; at=.*/, "");

function show() {
  // First, because the words above the rest take their space from it.
  showState();
  showQueues(client.data, open);
  showTotals(client.data);
  showAgents(client.data, open);
  showTrunks(client.data);
  if (read.shown) showCalls(read.shown);
  showClock();
}

const open = (kind, number) => dialog.open(kind, number);

// The day is read again when its next half of a quarter has begun, and at once on another day or in another center.
async function readDay() {
  const now = client.shownAt;
  const key = `${client.data.at.slice(0, 10)} ${Math.floor(now / 450_000)} ${configuration()}`;
  if (key === read.day) return;
  chart.show(await client.read("day"));
  read.day = key;
}

async function readCalls() {
  const key = client.data.at + configuration();
  if (key === read.calls || Date.now() - read.callsAt < CALLS_EVERY) return;
  read.callsAt = Date.now();
  read.shown = await client.read("calls", { most: feedLength() });
  showCalls(read.shown);
  read.calls = key;
}

async function readAll() {
  if (client) await client.all();
  else await logIn();
  show();
  try {
    await Promise.all([readDay(), readCalls()]);
  } finally {
    // Shown when all its parts have their size, so that nothing moves.
    find("#wallboard").classList.remove("unread");
  }
}

// Nothing is asked for before the answer to the last request; an error is shown and tried again.
async function tick() {
  if (busy) return;
  busy = true;
  clearTimeout(timer);
  const began = Date.now();
  try {
    await readAll();
  } catch (error) {
    if (error.status === 401 || error.status === 404) {
      client = null;
      login = null;
      storeLogin(null);
      busy = false;
      showLogin(error.message);
      return;
    }
    if (!client && error.status === 400) {
      // The address asks for what cannot be, and will not change by itself.
      put(find("#wrong-address"), error.message);
      find("#wrong-address").hidden = false;
      return;
    }
    const words = error.status ? error.message : t("No connection to the sandbox: {message}.", { message: error.message });
    if (client) client.complaint = words;
    else put(find("#state"), words);
  }
  busy = false;
  timer = setTimeout(tick, Math.max(200, SECOND - (Date.now() - began)));
}

function soon() {
  read.callsAt = 0;
  clearTimeout(timer);
  timer = setTimeout(tick, 20);
}

async function copyLink() {
  const { scenario, seed } = client.data;
  const link = view.link({ at: shortText(client.shownAt), scenario, seed });
  const button = find("#copy-link");
  let words = t("Copied");
  try {
    await navigator.clipboard.writeText(link);
  } catch {
    // Without TLS there is no clipboard.
    history.replaceState(null, "", link);
    words = t("See the address bar");
  }
  put(button, words);
  setTimeout(() => put(button, t("Copy link")), 2 * SECOND);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  login = { id: form.client_id.value, secret: form.client_secret.value };
  storeLogin(login);
  tick();
});
find("#copy-link").addEventListener("click", copyLink);
setInterval(() => client && showState(), 500);
find("#all-agents").addEventListener("change", () => client && show());
addEventListener("resize", () => client && show());
if (login || local) tick();
else showLogin("");
