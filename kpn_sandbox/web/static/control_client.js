// Requests to the control API, and the controls that make them.
import { request, basic, find, make, put } from "./common.js";
import { t } from "./words.js";

export class ControlClient {
  // Either a client's secret or the administrator's token.
  constructor(login) {
    const { id, secret, token } = login;
    this.login = login;
    this.id = id;
    this.authorization = token ? `Bearer ${token}` : basic(id, secret);
    this.base = `/_sandbox/accounts/${encodeURIComponent(id)}`;
  }

  async call(method, path, body) {
    return (await this.callWithHeaders(method, path, body))[0];
  }

  // Paths are of the account; those that begin with /_ are whole. An error has the status and the wrong fields.
  async callWithHeaders(method, path, body) {
    const headers = { Authorization: this.authorization };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const answer = await request(this.path(path), { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const result = answer.status === 204 ? null : await answer.json();
    if (!answer.ok) throw Object.assign(new Error(result.detail || result.title), { status: answer.status, errors: result.errors || [] });
    return [result, answer.headers];
  }

  path(path) { return path.startsWith("/_") ? path : this.base + path; }
}

// A control sends a request, which its plan describes: method, path, body, and the words to say when it is done.
export class Actions {
  // `planned` is told of the request of the control that is looked at, `done` is called when one has changed something.
  constructor(planned, done) {
    Object.assign(this, { planned, done, client: null });
  }

  button(element, plan) {
    const preview = () => this.planned(plan());
    element.addEventListener("pointerenter", preview);
    element.addEventListener("focus", preview);
    element.addEventListener("click", () => this.act(element, plan()));
  }

  form(element, plan) {
    element.addEventListener("input", (event) => this.planned(plan(event.submitter)));
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.act(element, plan(event.submitter));
    });
  }

  // Returns what the server answered, null when it refused.
  async act(element, plan) {
    const { method, path, body, said } = plan;
    const card = element.closest("[data-card]");
    this.planned(plan);
    clearErrors(card);
    try {
      const result = await this.client.call(method, path, body);
      this.say(card, typeof said === "function" ? said(result) : said);
      await this.done();
      return result ?? {};
    } catch (error) {
      this.say(card, markErrors(card, error), "bad");
      return null;
    }
  }

  say(card, text, mark = "") {
    const message = find(".message", card);
    message.dataset.mark = mark;
    put(message, `${mark ? "▲" : "✓"} ${text}`);
  }
}

function clearErrors(card) {
  for (const field of card.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    if (field.dataset.described !== undefined) field.setAttribute("aria-describedby", field.dataset.described);
  }
  for (const text of card.querySelectorAll(".wrong")) text.remove();
}

// Marks the fields that the server refused, each with what would be right, and returns what is left to say.
function markErrors(card, error) {
  let marked = 0;
  for (const { field: path, allowed } of error.errors || []) {
    const field = fieldOf(card, path);
    if (!field || field.hasAttribute("aria-invalid")) continue;
    const id = `wrong-${card.dataset.card}-${field.name}`;
    field.dataset.described = field.getAttribute("aria-describedby") ?? "";
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", `${field.dataset.described} ${id}`.trim());
    field.closest("details")?.setAttribute("open", "");
    const text = make("span", { class: "wrong", id }, t("must be {allowed}", { allowed }));
    const place = field.closest(".field");
    if (place) place.append(text);
    else field.closest("label").after(text);
    if (!marked) field.focus();
    marked += 1;
  }
  return marked ? t("Not changed: {count} field is wrong.|Not changed: {count} fields are wrong.", { count: marked }) : error.message;
}

// A field of a body has its name in the form, or the one at the end of its path, such as delay_ms in outcomes[0].delay_ms.
function fieldOf(card, path) {
  const names = [path, path.split(/[.[]/)[0], path.split(".").at(-1)];
  return names.map((name) => card.querySelector(`[name="${CSS.escape(name)}"]`)).find(Boolean) ?? null;
}
