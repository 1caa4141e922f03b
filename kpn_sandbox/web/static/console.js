// The console: every control asks the control API for what its curl line says, then all is read again.
import { copying, find, put } from "./common.js";
import { Actions, Remote } from "./remote.js";
import { Values } from "./values.js";
import { Journal } from "./journal.js";
import { faultPlan, pickApi, showFaults } from "./faults.js";
import { profilePatch, showProfile } from "./profile.js";
import { showAccount, showClock, showScenario } from "./account.js";

const actions = new Actions(readAgain);
const values = new Values(actions);
const journal = new Journal(actions);
const form = find("#login");

async function readAgain() {
  const remote = actions.remote;
  const [account, scenario, faults] = await Promise.all([
    remote.call("GET", ""),
    remote.call("GET", "/scenario"),
    remote.call("GET", "/faults"),
  ]);
  showAccount(account);
  showClock(account.clock);
  showProfile(account.profile);
  showScenario(scenario);
  showFaults(faults.faults, actions);
  await Promise.all([values.read(), journal.read()]);
}

async function enter(login) {
  const remote = new Remote(login);
  await remote.call("GET", "");
  actions.remote = remote;
  sessionStorage.setItem("console", JSON.stringify(login));
  put(find("#who"), `${login.id}${login.token ? " (administrator)" : ""}`);
  form.hidden = true;
  find("#console").hidden = false;
  find("#leave").hidden = false;
  await readAgain();
}

async function tryToEnter(login) {
  try {
    await enter(login);
  } catch (error) {
    sessionStorage.removeItem("console");
    put(find("#refused"), error.message);
  }
}

function settle() {
  pickApi();
  for (const button of document.querySelectorAll("[data-scenario]")) {
    actions.button(button, () => {
      const seconds = Number(find("#for-seconds").value);
      return ["PUT", "/scenario", { name: button.dataset.scenario, ...(seconds ? { for_seconds: seconds } : {}) }];
    });
  }
  for (const button of document.querySelectorAll("[data-step]")) {
    actions.button(button, () => ["POST", "/clock/advance", { seconds: Number(button.dataset.step) }]);
  }
  actions.button(find("[data-clock=freeze]"), () => ["PUT", "/clock", { mode: "frozen" }]);
  actions.button(find("[data-clock=run]"), () => ["PUT", "/clock", { mode: "running" }]);
  actions.form(find("#jump"), (button) => ["PUT", "/clock", { mode: button?.value || "frozen", at: find("#jump").at.value.trim() }]);
  actions.form(find("#speed"), () => ["PUT", "/clock", { mode: "running", speed: Number(find("#speed").speed.value) }]);
  actions.form(find("#profile"), profilePatch);
  actions.form(find("#fault"), faultPlan);
  actions.button(find("#no-faults"), () => ["DELETE", "/faults"]);
  actions.form(find("#quota"), () => {
    const { limit, interval, unit, retry_after: retry } = find("#quota").elements;
    return ["PUT", "/quota", { limit: Number(limit.value), interval: Number(interval.value), unit: unit.value, ...(retry.checked ? { retry_after: true } : {}) }];
  });
  actions.button(find("#no-quota"), () => ["DELETE", "/quota"]);
  actions.form(find("#reset"), () => ["POST", "/reset", { layers: [...find("#reset").elements].filter((each) => each.checked).map((each) => each.name) }]);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  tryToEnter({ id: form.client_id.value, secret: form.client_secret.value, token: form.admin_token.value });
});
find("#leave").addEventListener("click", () => { sessionStorage.removeItem("console"); location.reload(); });
copying(document);
settle();
const kept = sessionStorage.getItem("console");
if (kept) tryToEnter(JSON.parse(kept));
setInterval(async () => {
  if (!actions.remote || document.hidden) return;
  await actions.remote.call("GET", "/clock").then(showClock).catch(() => {});
  await journal.live().catch(() => {});
}, 1000);
