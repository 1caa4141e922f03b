// Swagger UI with a choice of the APIs; the address has the choice, so that it can be linked to. What Swagger UI lacks
// is added here: HTTP Digest, values for choices that are required, the account, the token of ITX, names for assistive
// technology.
import { basic, find, request } from "./common.js";
import { digestAuthorization } from "./digest.js";
import { storedLogin } from "./page_data.js";
import { t } from "./words.js";

const container = find("#swagger-ui");
const choice = find("#api");
const root = new URL(".", location.href).href;
const named = new URLSearchParams(location.search).get("api");
if ([...choice.options].some((option) => option.value === named)) choice.value = named;
choice.addEventListener("change", () => { location.search = `?api=${encodeURIComponent(choice.value)}`; });

let usesDigest = false;

// Client id and secret of the account whose credentials this page knows.
const knownAccount = () => (container.dataset.demo ? JSON.parse(container.dataset.demo) : [storedLogin()?.id, storedLogin()?.secret]);

// Swagger UI asks for user and password of the Basic scheme only, and sends nothing where a required choice has no
// value though the form shows one.
function adapted(document) {
  for (const scheme of Object.values(document.components?.securitySchemes ?? {})) {
    const isDigest = scheme.type === "http" && scheme.scheme === "digest";
    usesDigest ||= isDigest;
    if (scheme.type === "apiKey" && choice.value === "itx") scheme.description ??= t("The token of an account is in its credentials when it is made; <code>GET requests/itx-token</code> tells it for a client id and secret.");
    if (isDigest) Object.assign(scheme, { scheme: "basic", description: `${scheme.description ?? ""} ${t("This page answers the challenge of HTTP Digest with them.")}`.trim() });
  }
  fillAccount(document.paths, knownAccount()[0]);
  for (const parameter of parametersOf(document)) {
    const { schema } = parameter;
    const words = schema?.enum ?? schema?.items?.enum;
    if (parameter.required && words && schema.default === undefined) schema.default = schema.enum ? words[0] : [words[0]];
  }
  return document;
}

// The account that this page knows in place of the example, but where that would delete it or take its secret away.
function fillAccount(paths, id) {
  if (choice.value !== "sandbox" || !id) return;
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { parameters = [] }] of Object.entries(operations)) {
      if (path.endsWith("/secret") || (method === "delete" && path.endsWith("/{id}"))) continue;
      const own = parameters.find((each) => each.in === "path" && each.name === "id");
      if (own) Object.assign(own, { example: id, schema: { ...own.schema, default: id } });
    }
  }
}

function* parametersOf({ paths = {}, components = {} }) {
  yield* Object.values(components.parameters ?? {});
  for (const path of Object.values(paths)) {
    yield* path.parameters ?? [];
    for (const operation of Object.values(path)) yield* operation?.parameters ?? [];
  }
}

async function withDigest(sent) {
  const [, encoded] = /^Basic (.+)/.exec(sent.headers?.Authorization ?? "") ?? [];
  if (sent.loadSpec || !usesDigest) return sent;
  // Without credentials the browser would ask for them in a window of its own, and the answer would wait for that.
  sent.credentials = "omit";
  if (!encoded || !sent.url.startsWith(root)) return sent;
  const [id, ...secret] = new TextDecoder().decode(Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0))).split(":");
  sent.headers.Authorization = await digestAuthorization(sent.method ?? "GET", `/${sent.url.slice(root.length)}`, { id, secret: secret.join(":") });
  return sent;
}

const additions = () => ({
  statePlugins: { spec: { wrapActions: { updateJsonSpec: (original) => (document) => original(adapted(structuredClone(document))) } } },
  // A link within a button cannot be reached by everybody; opening an operation sets the address, too.
  components: { DeepLink: ({ text }) => text },
});

// The name of an element, where Swagger UI gives it none or one that does not hold its text.
const NAMES = [
  ["select#servers", () => t("Server")],
  [".close-modal", () => t("Close")],
  [".auth-btn-wrapper .authorize[aria-label^=Apply]", (element) => element.textContent],
  [".auth-btn-wrapper .btn-done[aria-label]", (element) => element.textContent],
  [":is(td, .opblock-section-request-body) :is(select, textarea, input[type=text]):not([aria-label])", (element) => element.closest("[data-param-name]")?.dataset.paramName ?? t("Request body")],
  [":is(.content-type-wrapper, .response-control-media-type, .body-param-content-type) select", () => t("Media type")],
  [".responses-table[role=region]", (element) => t("Responses of {operation}", { operation: element.id.replace(/_responses$/, "") })],
  [".live-responses-table[role=region]", (element) => t("Response of {operation}", { operation: element.closest(".opblock")?.id ?? "" })],
];
const LEVELS = { ".opblock-tag": 2, ".dialog-ux h3": 2, ".dialog-ux h4": 3, ".dialog-ux h5": 4, ".opblock-section-header h4": 3, ".responses-inner h4": 3, ".responses-inner h5": 4, ".models h4": 2, ".opblock h4": 3, ".opblock h5": 4 };

function describe() {
  for (const [selector, name] of NAMES) {
    for (const element of container.querySelectorAll(selector)) set(element, "aria-label", name(element));
  }
  for (const [selector, level] of Object.entries(LEVELS)) {
    for (const element of container.querySelectorAll(selector)) { set(element, "role", "heading"); set(element, "aria-level", level); }
  }
  for (const [selector, name] of Object.entries({ ".information-container": t("About the API"), ".scheme-container": t("Server and authorization") })) {
    for (const element of container.querySelectorAll(selector)) { set(element, "role", "region"); set(element, "aria-label", name); }
  }
  for (const element of container.querySelectorAll(".highlight-code pre, .curl pre, pre.microlight, pre.curl, .table-container")) set(element, "tabindex", 0);
}

function set(element, name, value) {
  if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

let dialog = null;

// The field to begin with is the one that KPN's page names; Swagger UI leads to the last one.
function beginDialog() {
  const opened = find(".dialog-ux .modal-ux", container);
  if (opened === dialog) return;
  dialog = opened;
  if (!opened) return;
  const first = opened.querySelector("input[data-name=clientId], input[id^=client_id]") ?? opened.querySelector("input");
  first?.focus();
  if (choice.value === "itx" && first) fillToken(first);
}

// Of an account whose secret this page knows; the document says where the token of any other is.
async function fillToken(field) {
  const [id, secret] = knownAccount();
  if (!secret) return;
  const answer = await request("/requests/itx-token", { headers: { Authorization: basic(id, secret) } });
  if (!answer.ok || field.value) return;
  const { set: write } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
  write.call(field, (await answer.json()).token);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

const prefersDark = matchMedia("(prefers-color-scheme: dark)");
function followTheme() {
  const theme = document.documentElement.dataset.theme || (prefersDark.matches ? "dark" : "light");
  document.documentElement.classList.toggle("dark-mode", theme === "dark");
}

followTheme();
prefersDark.addEventListener("change", followTheme);
new MutationObserver(followTheme).observe(document.documentElement, { attributeFilter: ["data-theme"] });
new MutationObserver(() => { describe(); beginDialog(); }).observe(container, { childList: true, subtree: true });
window.ui = SwaggerUIBundle({
  url: `openapi/${choice.value}.json`,
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [additions],
  layout: "BaseLayout",
  deepLinking: true,
  displayRequestDuration: true,
  // The public validator would be called otherwise, and nothing leaves this server.
  validatorUrl: null,
  tryItOutEnabled: true,
  requestInterceptor: withDigest,
});
