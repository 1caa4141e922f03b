// The console: every control sends the request that its curl line shows, then everything is read again.
import { enableCopyButtons, find, put } from "./common.js";
import { Actions, ControlClient } from "./control_client.js";
import { Values } from "./values.js";
import { RequestLog } from "./request_log.js";
import { faultPlan, pickApi, showFaults } from "./faults.js";
import { profilePatch, showProfile } from "./profile.js";
import { showAccount, showClock, showScenario } from "./account.js";

const actions = new Actions(readAgain);
const values = new Values(actions);
const requestLog = new RequestLog(actions);
const form = find("#login");

async function readAgain() {
  const client = actions.client;
  const [account, clock, [profile, headers], scenario, faults] = await Promise.all([
    client.call("GET", ""),
    client.call("GET", "/clock"),
    client.callWithHeaders("GET", "/profile"),
    client.call("GET", "/scenario"),
    client.call("GET", "/faults"),
  ]);
  showAccount(account);
  showClock(clock);
  showProfile(profile, headers.get("X-Sandbox-Effective-From"));
  showScenario(scenario);
  showFaults(faults.faults, actions);
  await Promise.all([values.read(), requestLog.read()]);
}

async function logIn(login) {
  const client = new ControlClient(login);
  await client.call("GET", "");
  actions.client = client;
  sessionStorage.setItem("console", JSON.stringify(login));
  put(find("#logged-in"), `${login.id}${login.token ? " (administrator)" : ""}`);
  form.hidden = true;
  find("#console").hidden = false;
  find("#log-out").hidden = false;
  await readAgain();
}

async function tryToLogIn(login) {
  try {
    await logIn(login);
  } catch (error) {
    sessionStorage.removeItem("console");
    put(find("#refused"), error.message);
  }
}

// Whose time a token's life follows goes along where it is changed.
function setClock(fields) {
  const tokens = find("#tokens");
  return ["PUT", "/clock", tokens.value === tokens.dataset.inForce ? fields : { ...fields, tokens: tokens.value }];
}

function connectControls() {
  pickApi();
  for (const button of document.querySelectorAll("[data-scenario]")) {
    actions.button(button, () => {
      const [seconds, effective] = [Number(find("#for-seconds").value), find("#scenario-effective").value];
      return ["PUT", "/scenario", { name: button.dataset.scenario, ...(seconds ? { for_seconds: seconds } : { effective }) }];
    });
  }
  for (const button of document.querySelectorAll("[data-step]")) {
    actions.button(button, () => ["POST", "/clock/advance", { seconds: Number(button.dataset.step) }]);
  }
  for (const button of document.querySelectorAll("[data-clock]")) {
    actions.button(button, () => setClock({ mode: button.dataset.clock }));
  }
  actions.form(find("#jump"), (button) => setClock({ mode: (button || find("#jump button")).value, at: find("#jump").at.value.trim() }));
  actions.form(find("#speed"), () => setClock({ mode: find("#speed").dataset.mode, speed: Number(find("#speed").speed.value) }));
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
  tryToLogIn({ id: form.client_id.value, secret: form.client_secret.value, token: form.admin_token.value });
});
find("#log-out").addEventListener("click", () => { sessionStorage.removeItem("console"); location.reload(); });
enableCopyButtons(document);
connectControls();
const stored = sessionStorage.getItem("console");
if (stored) tryToLogIn(JSON.parse(stored));
setInterval(async () => {
  if (!actions.client || document.hidden) return;
  await actions.client.call("GET", "/clock").then(showClock).catch(() => {});
  await requestLog.live().catch(() => {});
}, 1000);
