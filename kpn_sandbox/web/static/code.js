// What is set in the account, as code: the request of the last control, commands, a test, a sandbox of its own.
import { followsWallTime, isFrozen } from "./account.js";
import { find, put } from "./common.js";
import { t } from "./words.js";

const shell = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${String(text).replaceAll("'", "'\\''")}'`);
const literal = (value) => (value === null ? "None" : value === true ? "True" : value === false ? "False" : Array.isArray(value) ? `[${value.map(literal).join(", ")}]`
  : typeof value === "object" ? `{${Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${literal(each)}`).join(", ")}}` : JSON.stringify(value));

export class Code {
  // `publicSecret` is the documented secret, which may be shown; others are taken from the environment.
  constructor(publicSecret) {
    this.publicSecret = publicSecret;
    this.kind = "curl";
    this.plan = { method: "GET", path: "/snapshot" };
    for (const button of document.querySelectorAll("[data-code]")) button.addEventListener("click", () => { this.kind = button.dataset.code; this.show(); });
  }

  // The snapshot is the state of the account, `defaults` the profile of a new one.
  set({ client, snapshot, defaults }) {
    Object.assign(this, { client, snapshot, defaults, followsWall: followsWallTime(snapshot.clock) });
    this.show();
  }

  look(plan) {
    this.plan = plan;
    if (this.kind === "curl" && this.client) this.show();
  }

  show() {
    for (const button of document.querySelectorAll("[data-code]")) button.setAttribute("aria-pressed", String(button.dataset.code === this.kind));
    const [text, about] = { curl: () => this.curl(), shell: () => this.shell(), pytest: () => this.pytest(), exec: () => this.exec(), snapshot: () => [JSON.stringify(this.snapshot, null, 2), ""] }[this.kind]();
    put(find("#code"), text);
    put(find("#code-about"), about);
  }

  curl() {
    const { client: { login }, plan: { method, path, body } } = this;
    const [user, about] = login.token ? ['-H "Authorization: Bearer $KPN_SANDBOX_ADMIN_TOKEN"', t("Set {variable} first.", { variable: "KPN_SANDBOX_ADMIN_TOKEN" })]
      : login.secret === this.publicSecret ? [`-u ${shell(`${login.id}:${login.secret}`)}`, ""]
        : [`-u ${shell(`${login.id}:`)}"$KPN_SANDBOX_CLIENT_SECRET"`, t("Set {variable} first.", { variable: "KPN_SANDBOX_CLIENT_SECRET" })];
    const parts = ["curl", "-sS", user, ...(method === "GET" ? [] : [`-X ${method}`]), shell(new URL(`.${this.client.path(path)}`, location.href).href)];
    if (body !== undefined) parts.push("-H 'Content-Type: application/json'", `-d ${shell(JSON.stringify(body))}`);
    return [parts.join(" "), about];
  }

  // The fields of the profile that differ from those of a new account.
  changed() {
    const { profile } = this.snapshot;
    return Object.fromEntries(Object.entries(profile).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(this.defaults[name])));
  }

  dated() { return this.snapshot.changes.length ? t("{count} dated change is only in the snapshot.|{count} dated changes are only in the snapshot.", { count: this.snapshot.changes.length }) : ""; }

  shell() {
    const { snapshot, client: { login } } = this;
    const url = new URL(".", location.href).href.replace(/\/$/, "");
    const environment = [`export KPN_SANDBOX_URL=${shell(url)} KPN_SANDBOX_CLIENT_ID=${shell(login.id)}`];
    const missing = login.token ? "KPN_SANDBOX_ADMIN_TOKEN" : login.secret === this.publicSecret ? "" : "KPN_SANDBOX_CLIENT_SECRET";
    const fields = Object.entries(this.changed()).map(([name, value]) => shell(`${name}=${typeof value === "string" ? value : JSON.stringify(value)}`));
    const lines = [...environment, "kpn-sandbox reset -q", ...(fields.length ? [`kpn-sandbox profile ${fields.join(" ")}`] : []), `kpn-sandbox scenario ${shell(snapshot.scenario)}`,
      clockCommand(snapshot.clock, this.followsWall), ...snapshot.pins.map(pinCommand), ...snapshot.faults.map(faultCommand), ...(snapshot.quota ? [quotaCommand(snapshot.quota)] : [])];
    return [lines.join("\n"), [missing ? t("Set {variable} first.", { variable: missing }) : "", this.dated()].filter(Boolean).join(" ")];
  }

  pytest() {
    const { snapshot } = this;
    const { agents, ...rest } = this.changed();
    const at = isFrozen(snapshot.clock) ? [`at=${literal(snapshot.clock.at)}`] : [];
    const options = [`seed=${literal(snapshot.seed)}`, ...at, ...(snapshot.scenario === "normal" ? [] : [`scenario=${literal(snapshot.scenario)}`]),
      ...(agents === undefined ? [] : [`agents=${literal(agents)}`]), ...(Object.keys(rest).length ? [`profile=${literal(rest)}`] : [])];
    const steps = [...clockCalls(snapshot.clock, this.followsWall), ...snapshot.pins.map(pinCall), ...snapshot.faults.map(faultCall), ...(snapshot.quota ? [quotaCall(snapshot.quota)] : [])];
    // A request of the test itself would use up a fault that is planned.
    const check = snapshot.faults.length ? `len(kpn_account.faults()) == ${snapshot.faults.length}` : 'kpn_account.get("/queues").status == 200';
    const lines = ["import pytest", "", "", `@pytest.mark.kpn_sandbox(${options.join(", ")})`, "def test_my_client(kpn_account):", ...steps.map((step) => `    kpn_account.${step}`),
      "    # My client is given kpn_account.url, .client_id and .client_secret.", `    assert ${check}`];
    return [lines.join("\n"), this.dated()];
  }

  // What a start has no flag for comes from a snapshot.
  exec() {
    const { snapshot, followsWall } = this;
    const { clock } = snapshot;
    const { agents, ...rest } = this.changed();
    const whole = Object.keys(rest).length || snapshot.changes.length || snapshot.pins.length || snapshot.faults.length || snapshot.quota || !(isFrozen(clock) || followsWall) || clock.tokens === "wall";
    const flags = whole ? [] : [`--seed ${shell(snapshot.seed)}`, `--scenario ${shell(snapshot.scenario)}`, ...(agents === undefined ? [] : [`--agents ${agents}`]), ...(followsWall ? [] : [`--clock ${shell(clock.at)}`])];
    const line = ["kpn-sandbox exec", ...flags, "-- sh -c", `'${whole ? "kpn-sandbox snapshot restore -q snapshot.json && " : ""}curl -sS "$KPN_SANDBOX_URL/"'`].join(" ");
    return [line, whole ? t("Save a snapshot as snapshot.json first.") : ""];
  }
}

function clockCommand(clock, followsWall) {
  const tokens = clock.tokens === "wall" ? " --tokens wall" : "";
  if (isFrozen(clock)) return `kpn-sandbox clock freeze ${shell(clock.at)}${tokens}`;
  return `kpn-sandbox clock run${followsWall ? "" : ` ${shell(clock.at)} --speed ${clock.speed}`}${tokens}`;
}

// A marker has no words for a clock that runs elsewhere than wall time, nor for tokens.
function clockCalls(clock, followsWall) {
  const tokens = clock.tokens === "wall" ? [`tokens=${literal(clock.tokens)}`] : [];
  if (isFrozen(clock)) return tokens.length ? [`freeze(${[literal(clock.at), ...tokens].join(", ")})`] : [];
  return followsWall && !tokens.length ? [] : [`run(${[...(followsWall ? [] : [`at=${literal(clock.at)}`, `speed=${clock.speed}`]), ...tokens].join(", ")})`];
}

const pinCommand = ({ kind, key, fields, reads, expires_at: until }) => ["kpn-sandbox pin set", kind, key, ...Object.entries(fields).map(([name, value]) => shell(`${name}=${value ?? "null"}`)),
  ...(reads ? [`--reads ${reads}`] : []), ...(until ? [`--expires-at ${shell(until)}`] : [])].join(" ");

const remaining = (fault) => fault.outcomes?.slice(fault.repeat ? 0 : fault.used ?? 0) ?? [];
const target = ({ api, operation, key }) => [...(api === "kpn" ? [] : [`--api ${api}`]), ...(key ? [`--key ${key}`] : []), operation || "any"];
const outcomeWord = (outcome) => (Object.keys(outcome).length === 1 ? String(outcome.status ?? outcome.connection ?? (outcome.ok ? "ok" : JSON.stringify(outcome))) : JSON.stringify(outcome));

function faultCommand(fault) {
  const chance = fault.probability === undefined ? [] : [`--probability ${fault.probability}`, ...(fault.seed ? [`--seed ${shell(fault.seed)}`] : [])];
  const outcomes = chance.length ? [fault.outcome] : remaining(fault);
  return ["kpn-sandbox fault add", ...chance, ...(fault.repeat ? ["--repeat"] : []), ...target(fault), ...outcomes.map((each) => shell(outcomeWord(each)))].join(" ");
}

const quotaCommand = ({ limit, interval, unit, retry_after: retry }) => `kpn-sandbox quota ${limit} --interval ${interval} --unit ${unit}${retry ? " --retry-after" : ""}`;

const pinCall = ({ kind, key, fields, reads, expires_at: until }) => `pin(${[literal(kind), literal(key), ...Object.entries(fields).map(([name, value]) => `${name}=${literal(value)}`),
  ...(reads ? [`reads=${reads}`] : []), ...(until ? [`expires_at=${literal(until)}`] : [])].join(", ")})`;

function faultCall(fault) {
  const options = [...(fault.api === "kpn" ? [] : [`api=${literal(fault.api)}`]), ...(fault.key ? [`key=${literal(fault.key)}`] : [])];
  if (fault.probability !== undefined) return `fail_sometimes(${[literal(fault.operation || "any"), fault.probability, literal(fault.outcome), ...options, ...(fault.seed ? [`seed=${literal(fault.seed)}`] : [])].join(", ")})`;
  return `fail(${[literal(fault.operation || "any"), ...remaining(fault).map(literal), ...options, ...(fault.repeat ? ["repeat=True"] : [])].join(", ")})`;
}

const quotaCall = ({ limit, interval, unit, retry_after: retry }) => `quota(${limit}, ${interval}, ${literal(unit)}${retry ? ", retry_after=True" : ""})`;
