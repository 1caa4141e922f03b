// Requests to the control API, and the curl lines that do the same.
import { request, basic, find, make, put } from "./common.js";

export class ControlClient {
  // Either a client's secret or the administrator's token.
  constructor(login) {
    const { id, secret, token } = login;
    this.login = login;
    this.id = id;
    this.authorization = token ? `Bearer ${token}` : basic(id, secret);
    this.shown = token ? '-H "Authorization: Bearer $KPN_SANDBOX_ADMIN_TOKEN"' : '-u "$KPN_SANDBOX_CLIENT_ID:$KPN_SANDBOX_CLIENT_SECRET"';
    this.base = `/_sandbox/accounts/${encodeURIComponent(id)}`;
  }

  async call(method, path, body) {
    return (await this.callWithHeaders(method, path, body))[0];
  }

  async callWithHeaders(method, path, body) {
    const headers = { Authorization: this.authorization };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const answer = await request(path.startsWith("/_") ? path : this.base + path, {
      method, headers, body: body === undefined ? undefined : JSON.stringify(body),
    });
    const result = answer.status === 204 ? null : await answer.json();
    if (!answer.ok) throw Object.assign(new Error(result.detail || result.title), { status: answer.status });
    return [result, answer.headers];
  }

  curl(method, path, body) {
    const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
    const parts = ["curl", this.shown];
    if (method !== "GET") parts.push(`-X ${method}`);
    parts.push(quoted(new URL(`.${this.base}${path}`, location.href).href));
    if (body !== undefined) parts.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body))}`);
    return parts.join(" ");
  }
}

// Every control of the console is an action: it shows its curl line beforehand, and then does just that.
export class Actions {
  constructor(done) {
    this.done = done;
    this.client = null;
    this.lines = new Map();
    for (const card of document.querySelectorAll("[data-card]")) {
      const line = make("pre", { tabindex: "0", id: `curl-${card.dataset.card}`, "aria-label": "The same with curl" });
      const container = make("div", { class: "curl", hidden: true }, make("span", { class: "note" }, "The same with curl"), line);
      card.append(container);
      this.lines.set(card, { container, line });
    }
  }

  show(element, [method, path, body]) {
    const { container, line } = this.lines.get(element.closest("[data-card]"));
    put(line, this.client.curl(method, path, body));
    container.hidden = false;
  }

  button(element, plan) {
    const preview = () => this.show(element, plan());
    element.addEventListener("pointerenter", preview);
    element.addEventListener("focus", preview);
    element.addEventListener("click", () => this.act(element, plan()));
  }

  form(element, plan) {
    element.addEventListener("input", (event) => { if (element.checkValidity()) this.show(element, plan(event.submitter)); });
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.act(element, plan(event.submitter));
    });
  }

  async act(element, [method, path, body]) {
    this.show(element, [method, path, body]);
    const message = find("#message");
    try {
      await this.client.call(method, path, body);
      message.dataset.mark = "";
      put(message, `✓ ${method} ${path} done.`);
      await this.done();
      return true;
    } catch (error) {
      message.dataset.mark = "bad";
      put(message, `▲ ${method} ${path}: ${error.message}`);
      return false;
    }
  }
}
