// Sends a request of the log again, with a fresh token of its API.
import { find, request } from "./common.js";
import { t } from "./words.js";
import { digestAuthorization } from "./digest.js";
import { hasCredentials, REDACTED, withItxToken, withSecrets } from "./secrets.js";

// Headers that change the answer; all others are the browser's own or those of the old connection.
const KEPT = ["Accept", "Accept-Language", "Content-Type", "If-Match", "If-None-Match", "Prefer", "X-Mock-Response-Code", "X-Mock-Response-Delay"];
const TOKENS = { kpn: () => find("#shown").dataset.tokenRequest, bright_pattern: () => "/configapi/v2/oauth/token", atobi: () => "/oauth/token" };

export const hasBody = ({ headers }) => Number(headers["Content-Length"] || 0) > 0 || "Transfer-Encoding" in headers;

export class Replay {
  constructor(client, login) {
    this.client = client;
    this.login = login;
  }

  async send(entry) {
    if (entry.api === "itx") await withItxToken(this.login);
    const path = `${entry.path}${entry.query ? `?${this.filled(entry.query, entry, encodeURIComponent)}` : ""}`;
    const body = this.body(entry);
    const sent = Object.fromEntries(Object.entries(entry.headers).filter(([name]) => KEPT.some((kept) => kept.toLowerCase() === name.toLowerCase())));
    const headers = { ...sent, ...(await this.credentials(entry, path)) };
    const began = performance.now();
    const answer = await request(path, { method: entry.method, headers, body, redirect: "manual" }).catch(() => null);
    // A connection that breaks is an answer, too: a fault may have been due.
    if (!answer) return { status: 0, took: performance.now() - began, headers: {}, body: "" };
    const text = await answer.text().catch(() => "");
    return { status: answer.status, took: performance.now() - began, headers: Object.fromEntries(answer.headers), body: text };
  }

  body(entry) {
    if (entry.request_body !== null) return this.filled(entry.request_body, entry);
    if (hasBody(entry)) throw new Error(t("The body was not logged: start the sandbox with --journal-bodies."));
    return undefined;
  }

  filled(text, entry, encode) {
    const found = withSecrets(text, entry, this.login, encode);
    if (found.includes(REDACTED)) throw new Error(t("The log left a secret out of this request, so it cannot be sent again."));
    return found;
  }

  async credentials(entry, path) {
    const { api, operation, method, headers } = entry;
    if (!hasCredentials(entry)) return {};
    if (operation === "token" || operation === "login") return headers.Authorization ? { Authorization: this.client.authorization } : {};
    if (!this.login.secret) throw new Error(t("This needs the account's secret: log in with it."));
    if (api === "kaisa") return { Authorization: await digestAuthorization(method, path, this.login) };
    return TOKENS[api] ? { Authorization: `Bearer ${await this.token(TOKENS[api]())}` } : {};
  }

  async token(path) {
    const form = new URLSearchParams({ grant_type: "client_credentials", client_id: this.login.id, client_secret: this.login.secret });
    const answer = await request(path, { method: "POST", body: form });
    const body = await answer.json();
    if (!answer.ok) throw new Error(t("No token: {path} answered {status}.", { path, status: answer.status }));
    return body.access_token;
  }
}
