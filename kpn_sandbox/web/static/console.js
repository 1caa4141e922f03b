// The console: every control sends the request that its curl line shows. Looking on changes nothing.
import { useLogin } from "./account_login.js";
import { AccountPicker } from "./accounts.js";
import { connectClock, connectScenarios, isFrozen, playClock, seekClock, showLive, showScenario } from "./account.js";
import { Code } from "./code.js";
import { copy, enableCopyButtons, find, put } from "./common.js";
import { Actions } from "./control_client.js";
import { connectFaults, connectQuota, showFaults, showQuota } from "./faults.js";
import { LiveData, PageData } from "./page_data.js";
import { Pins } from "./pins.js";
import { connectProfile, forgetTyped, showProfile } from "./profile.js";
import { connectRequests, showConduct, showRequests } from "./request_log.js";
import { TimeBar } from "./time_bar.js";
import { t } from "./words.js";

const SECOND = 1000;

const code = new Code(find("#console").dataset.publicSecret);
const actions = new Actions((plan) => code.look(plan), readSettings);
const pins = new Pins(actions, () => live.data);
const picker = new AccountPicker(actions, (id, login = actions.client.login) => logIn({ ...login, id }), () => reading);
const bar = new TimeBar(find("#time-bar"), {
  read: (date) => pages.read("/wallboard/outline", { date }),
  seek: (at) => setClock(seekClock(at)),
  play: (speed) => setClock(playClock(speed)),
  whileDragging: false,
});
let live = null;
let reading = Promise.resolve();
let pages = null;
// What changes by itself as clients make requests, and the tag that it has.
let changing = { tag: null, log: null };

// What only changes when somebody changes it: profile, scenario and the whole state as a snapshot.
async function readSettings() {
  const { client } = actions;
  const [[profile, headers], scenario, snapshot] = await Promise.all([client.callWithHeaders("GET", "/profile"), client.call("GET", "/scenario"), client.call("GET", "/snapshot")]);
  showProfile(profile, headers.get("X-Sandbox-Effective-From"));
  showScenario(scenario);
  code.set({ client, snapshot, defaults: JSON.parse(find("#console").dataset.defaults) });
  await readLive();
}

// One request after the other, and of instants that are chosen meanwhile only the last, so that the clock ends there.
const wanted = { plan: null, underWay: false };
async function setClock(plan) {
  wanted.plan = plan;
  if (wanted.underWay) return;
  wanted.underWay = true;
  while (wanted.plan) {
    const next = wanted.plan;
    wanted.plan = null;
    await actions.act(find("#jump"), next);
  }
  wanted.underWay = false;
}

async function readLive() {
  await Promise.all([live.read(), readChanging()]);
  showLive(live.data);
  showQuota(live.data.quota);
  pins.refresh();
  const { at, clock, replay } = live.data;
  if (!wanted.plan) bar.show({ at: Date.parse(at), speed: isFrozen(clock) ? 0 : clock.speed, key: replay.replace(/; at=.*/, "") });
}

async function readChanging() {
  const answer = await pages.request("/console/live", {}, changing.tag ? { "If-None-Match": changing.tag } : {});
  if (answer.status === 304) return;
  const { faults, pins: pinned, requests, log } = await answer.json();
  showFaults(faults, actions);
  pins.show(pinned);
  showRequests(requests);
  if (log !== changing.log) showConduct((await actions.client.call("GET", "/conduct")).findings);
  changing = { tag: answer.headers.get("ETag"), log };
}

async function begin(client, login) {
  actions.client = client;
  [live, pages, changing] = [new LiveData(login, {}), new PageData(login, {}), { tag: null, log: null }];
  // The account is named by the choice beside it.
  if (login.token) put(find("#logged-in"), t("administrator"));
  await live.read();
  forgetTyped();
  await readSettings();
  await picker.show();
  // Shown when everything is read, so that nothing moves.
  find("#console").hidden = false;
}

function connectSnapshots() {
  const save = find("#save-snapshot");
  save.addEventListener("click", async () => {
    const snapshot = await actions.client.call("GET", "/snapshot");
    const link = Object.assign(document.createElement("a"), { download: "snapshot.json", href: URL.createObjectURL(new Blob([JSON.stringify(snapshot, null, 2)], { type: "application/json" })) });
    link.click();
    URL.revokeObjectURL(link.href);
    actions.say(save.closest("[data-card]"), t("The snapshot is saved as snapshot.json."));
  });
  save.addEventListener("pointerenter", () => code.look({ method: "GET", path: "/snapshot" }));
  const file = find("#restore-snapshot");
  file.addEventListener("change", async () => {
    const card = file.closest("[data-card]");
    const [chosen] = file.files;
    // The same file may be chosen again, after it was changed.
    file.value = "";
    try {
      const body = JSON.parse(await chosen.text());
      forgetTyped();
      await actions.act(file, { method: "PUT", path: "/snapshot", body, said: t("The snapshot is restored.") });
    } catch (error) {
      actions.say(card, t("The file holds no JSON: {error}", { error: error.message }), "bad");
    }
  });
}

function connectControls() {
  connectScenarios(actions);
  connectClock(actions, () => live.data);
  connectProfile(actions);
  connectFaults(actions);
  connectQuota(actions);
  connectRequests(actions);
  connectSnapshots();
  actions.button(find("#revoke"), () => ({ method: "POST", path: "/tokens/revoke", body: {}, said: ({ revoked }) => t("{count} token is revoked.|{count} tokens are revoked.", { count: revoked }) }));
  const reset = find("#reset");
  find("#open-reset").addEventListener("click", () => find("#reset-dialog").showModal());
  const chosen = () => [...reset.elements].filter((each) => each.checked).map((each) => each.name);
  reset.addEventListener("change", () => {
    put(find(".danger", reset), chosen().length === find(".layers").children.length ? t("Reset everything") : t("Reset what is ticked"));
  });
  actions.form(reset, () => ({ method: "POST", path: "/reset", body: { layers: chosen() }, said: ({ layers }) => { forgetTyped(); return t("Reset: {layers}.", { layers: layers.join(", ") }); } }));
  for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
  const replay = find("#copy-replay");
  replay.addEventListener("click", () => copy(find("#replay"), replay));
}

enableCopyButtons(document);
connectControls();
const logIn = useLogin(find("#login"), begin);
setInterval(() => { if (actions.client && !document.hidden) reading = readLive().catch(() => {}); }, SECOND);
