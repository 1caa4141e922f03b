// Data that only pages read. Reading it counts for no quota, takes no fault, uses up no pin and is in no request log.
import { basic, request } from "./common.js";

const STORED = "login";
const KINDS = { agents: "Logid", queues: "Number", trunks: "Number" };
const PATIENCE = 8000;
const SHOWN = ["account", "at", "scenario", "seed"];

// A login is {id, secret}, or {id, token} for the administrator. All pages of a tab share it.
export const storedLogin = () => JSON.parse(sessionStorage.getItem(STORED) || "null");
export function storeLogin(login) {
  if (login) sessionStorage.setItem(STORED, JSON.stringify(login));
  else sessionStorage.removeItem(STORED);
}

// What the address of the page asks to be shown: another instant, scenario, seed or account.
export function addressed() {
  const given = new URLSearchParams(location.search);
  return Object.fromEntries(SHOWN.filter((name) => given.get(name)).map((name) => [name, given.get(name)]));
}

export class PageData {
  // Without a login the server shows the demo account to visitors at its own machine only.
  constructor(login, parameters = addressed()) {
    this.authorization = login && (login.token ? `Bearer ${login.token}` : basic(login.id, login.secret));
    this.parameters = login ? { account: login.id, ...parameters } : parameters;
  }

  // Returns the response, also a 304; an error has the status and the text of the server.
  async request(path, parameters = {}, headers = {}) {
    const query = new URLSearchParams(Object.entries({ ...this.parameters, ...parameters }).filter(([, value]) => value !== undefined));
    const all = { ...headers, ...(this.authorization ? { Authorization: this.authorization } : {}) };
    const answer = await request(`${path}?${query}`, { headers: all, signal: AbortSignal.timeout(PATIENCE) });
    if (answer.ok || answer.status === 304) return answer;
    const body = await answer.json().catch(() => ({}));
    throw Object.assign(new Error(body.detail || `Status ${answer.status}`), { status: answer.status, errors: body.errors || [] });
  }

  async read(path, parameters) {
    return (await this.request(path, parameters)).json();
  }
}

// The center as clients see it at an instant; from the second time on the server sends only what differs.
export class LiveData {
  constructor(login, parameters) {
    this.pages = new PageData(login, parameters);
    this.data = null;
    this.etag = null;
  }

  // Returns whether anything differs from the last time.
  async read() {
    const answer = await this.pages.request("/wallboard/live", { since: this.data?.tag }, this.etag ? { "If-None-Match": this.etag } : {});
    if (answer.status === 304) return false;
    this.etag = answer.headers.get("ETag");
    this.data = merged(this.data, await answer.json());
    return true;
  }
}

// Whole rows come as a list, differences by the key of the row.
function merged(before, document) {
  if (document.since === null || before === null) return document;
  const rows = Object.entries(KINDS).map(([kind, key]) => [kind, changed(before[kind], document[kind], key)]);
  return { ...document, ...Object.fromEntries(rows) };
}

function changed(rows, differences, key) {
  const byKey = new Map(rows.map((row) => [row[key], row]));
  for (const [number, fields] of Object.entries(differences)) {
    if (fields === null) byKey.delete(number);
    else byKey.set(number, changedRow(byKey.get(number), fields));
  }
  return [...byKey.values()].sort((one, other) => one[key] - other[key]);
}

// Of the ports of a trunk only those that differ are sent, unless their number is another one.
function changedRow(row, fields) {
  if (!row) return fields;
  if (!fields.Ports || fields.Ports.length >= row.Ports.length) return { ...row, ...fields };
  const ports = new Map(fields.Ports.map((port) => [port.Number, port]));
  return { ...row, ...fields, Ports: row.Ports.map((port) => ports.get(port.Number) || port) };
}
