// One request of the log: everything that is known of both sides, as code, replayed, or as a fault.
import { find, make, put } from "./common.js";
import { t, number } from "./words.js";
import { reasons } from "./reasons.js";
import { asCode } from "./request_code.js";
import { Replay, hasBody } from "./replay.js";
import { withItxToken } from "./secrets.js";
import { FaultDialog } from "./fault_dialog.js";

const BODIES = find("#shown").dataset.bodies === "yes";

// Headers that differ each time, or that the log leaves out, say nothing about a change.
const ALWAYS_OTHER = ["connection", "date", "keep-alive", "server", "transfer-encoding", "x-request-id"];

const pretty = (text) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

const wordless = (text) => make("p", { class: "note" }, text);
const block = (text, label) => make("pre", { tabindex: "0", "aria-label": label }, pretty(text));

function headerList(headers, none = t("No headers.")) {
  const pairs = Object.entries(headers);
  if (!pairs.length) return wordless(none);
  return make("dl", {}, ...pairs.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
}

const notLogged = () => (BODIES ? t("The body was not logged: the request was answered from a cache.") : t("The body was not logged: start the sandbox with --journal-bodies."));

function requestBody(entry) {
  if (entry.request_body !== null) return block(entry.request_body, t("Body of the request"));
  if (!hasBody(entry)) return wordless(t("No body."));
  return wordless(notLogged());
}

function responseBody(entry) {
  if (entry.response_body !== null) return block(entry.response_body, t("Body of the response"));
  if (!entry.status) return wordless(t("The connection was broken on purpose; no response was sent."));
  if (entry.status >= 200 && entry.status < 300) return wordless(t("Bodies of answers that succeeded are not logged. Replay the request to see one."));
  return wordless(BODIES ? t("No body.") : t("The body was not logged: start the sandbox with --journal-bodies."));
}

export class Details {
  constructor(client, login, closed) {
    this.client = client;
    this.closed = closed;
    this.login = login;
    this.replay = new Replay(client, login);
    this.fault = new FaultDialog(client, (text) => put(find("#message"), text));
    find("#close").addEventListener("click", () => this.close());
    find("#details").addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
    find("#replay").addEventListener("click", () => this.again());
    find("#as-fault").addEventListener("click", () => this.fault.open(this.entry));
    for (const button of document.querySelectorAll("[data-format]")) button.addEventListener("click", () => this.copy(button.dataset.format));
  }

  close() {
    find("#details").hidden = true;
    this.closed();
  }

  show(entry) {
    this.entry = entry;
    put(find("#h-details"), `${entry.method} ${entry.path} · ${entry.status || t("none")}`);
    put(find("#message"), "");
    find("#code").hidden = find("#replayed").hidden = true;
    find("#as-fault").disabled = !entry.operation;
    find("#details").hidden = false;
    find("#facts").replaceChildren(...this.why(entry), this.facts(entry),
      make("h3", {}, t("Headers of the request")), headerList(entry.headers), make("h3", {}, t("Body of the request")), requestBody(entry),
      make("h3", {}, t("Headers of the response")), headerList(entry.response_headers), make("h3", {}, t("Body of the response")), responseBody(entry));
    find("#details").scrollTop = 0;
    find("#h-details").focus();
  }

  why(entry) {
    const lines = reasons(entry.reason).map(([name, text]) => make("p", {}, make("b", {}, name), text ? `: ${text}` : ""));
    if (entry.note) lines.push(make("p", { class: "note", lang: "en" }, entry.note));
    return lines.length ? [make("div", { class: "why" }, ...lines)] : [];
  }

  facts(entry) {
    const pairs = [
      [t("Received"), entry.received_at.replace("T", " ")],
      [t("Account time"), entry.at.replace("T", " ")],
      [t("Took"), t("{duration} ms", { duration: number(entry.duration_ms, 1) })],
      [t("Account"), entry.client_id ?? t("none")],
      [t("Operation"), `${entry.api} ${entry.operation ?? ""}`],
      [t("Query"), entry.query || t("none")],
      [t("Id of the request"), entry.id],
    ];
    return make("dl", {}, ...pairs.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
  }

  // The log as an HTTP archive; the server makes it.
  async archive() {
    return this.client.call("GET", this.login.token && find("#nobody").checked ? "/_sandbox/requests?format=har" : "/requests?format=har");
  }

  async copy(format) {
    if (this.entry.api === "itx") await withItxToken(this.login);
    const text = format === "HAR" ? await this.entryArchive() : asCode(format, this.entry, this.login);
    const code = find("#code");
    put(code, text);
    code.hidden = false;
    try {
      await navigator.clipboard.writeText(text);
      const lacksBody = format !== "HAR" && hasBody(this.entry) && this.entry.request_body === null;
      put(find("#message"), [t("Copied as {format}.", { format }), lacksBody ? `▲ ${notLogged()}` : ""].join(" ").trim());
    } catch {
      // Without TLS there is no clipboard; the text is selected for Ctrl-C.
      getSelection().selectAllChildren(code);
      put(find("#message"), t("The browser did not allow copying; the text is selected: press Ctrl-C."));
    }
  }

  async entryArchive() {
    const archive = await this.archive();
    archive.log.entries = archive.log.entries.filter((each) => each._id === this.entry.id);
    return JSON.stringify(archive, null, 2);
  }

  async again() {
    const { entry } = this;
    put(find("#message"), t("Sending it again …"));
    try {
      const now = await this.replay.send(entry);
      if (entry !== this.entry) return;
      put(find("#message"), "");
      this.showReplayed(entry, now);
    } catch (error) {
      put(find("#message"), `▲ ${error.message}`);
    }
  }

  showReplayed(entry, now) {
    const old = Object.fromEntries(Object.entries(entry.response_headers).map(([name, value]) => [name.toLowerCase(), value]));
    const names = [...new Set([...Object.keys(old), ...Object.keys(now.headers)])].filter((name) => !ALWAYS_OTHER.includes(name) && old[name] !== now.headers[name]);
    const side = (title, status, took, headers, body) => make("div", {}, make("h3", {}, title),
      make("p", {}, make("b", {}, String(status || t("none"))), ` · ${t("{duration} ms", { duration: number(took, 1) })}`), headerList(headers, t("The other headers are the same.")), body);
    const pick = (headers) => Object.fromEntries(names.filter((name) => name in headers).map((name) => [name, headers[name]]));
    const body = now.body ? block(now.body, t("Body of the replay")) : wordless(t("No body."));
    find("#replayed").replaceChildren(make("div", { class: "compared" },
      side(t("Then"), entry.status, entry.duration_ms, pick(old), responseBody(entry)),
      side(t("Now"), now.status, now.took, pick(now.headers), body)));
    find("#replayed").hidden = false;
  }
}
