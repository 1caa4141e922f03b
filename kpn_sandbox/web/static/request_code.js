// A request of the log as code that runs as it is, with a fresh token; only a secret that the page does not know is
// taken from the environment.
import { find } from "./common.js";
import { hasCredentials, REDACTED, withSecrets } from "./secrets.js";

const SECRET = "KPN_SANDBOX_CLIENT_SECRET";
// What a tool sends by itself.
const OWN = ["host", "user-agent", "content-length", "connection", "accept-encoding", "transfer-encoding", "authorization", "cookie", "x-request-id", "pragma", "cache-control", "priority"];

const absolute = (path) => new URL(path.replace(/^\//, ""), document.baseURI).href;
const shell = (text) => `'${text.replaceAll("'", "'\\''").replaceAll(REDACTED, `'"$${SECRET}"'`)}'`;

// How the API knows its clients: the credentials themselves, HTTP Digest, or a token of some endpoint.
function scheme(entry) {
  const { api, operation } = entry;
  if (!hasCredentials(entry)) return { kind: "none" };
  if (operation === "token" || operation === "login") return { kind: "Authorization" in entry.headers ? "basic" : "none" };
  if (api === "kaisa") return { kind: "digest" };
  if (api === "kpn") return { kind: "token", tokenUrl: absolute(find("#shown").dataset.tokenRequest) };
  return { kind: "token", tokenUrl: absolute(api === "atobi" ? "/oauth/token" : "/configapi/v2/oauth/token"), form: true };
}

function parts(entry, login) {
  const filled = (text, encode) => withSecrets(text, entry, login, encode);
  return {
    id: login.id, secret: login.secret || REDACTED, ...scheme(entry), method: entry.method,
    url: absolute(entry.path) + (entry.query ? `?${filled(entry.query, encodeURIComponent)}` : ""),
    headers: Object.entries(entry.headers).filter(([name, value]) => !OWN.includes(name.toLowerCase()) && !/^sec-/i.test(name) && !(name === "Accept" && value === "*/*") && value !== REDACTED),
    body: entry.request_body === null ? null : filled(entry.request_body),
  };
}

function curl(of) {
  const user = shell(`${of.id}:${of.secret}`);
  const form = shell(`grant_type=client_credentials&client_id=${encodeURIComponent(of.id)}&client_secret=${of.secret === REDACTED ? REDACTED : encodeURIComponent(of.secret)}`);
  const token = `curl -s ${of.form ? `-d ${form}` : `-X POST -u ${user}`} ${shell(of.tokenUrl ?? "")} | sed -n 's/.*"access_token" *: *"\\([^"]*\\)".*/\\1/p'`;
  const credentials = { none: [], basic: [`-u ${user}`], digest: [`--digest -u ${user}`], token: [`-H "Authorization: Bearer $(${token})"`] }[of.kind];
  const method = { GET: [], HEAD: ["-I"] }[of.method] ?? [`-X ${of.method}`];
  const headers = of.headers.map(([name, value]) => `-H ${shell(`${name}: ${value}`)}`);
  const body = of.body === null ? [] : [`--data-raw ${shell(of.body)}`];
  return ["curl -i", ...method, ...credentials, ...headers, ...body, shell(of.url)].join(" \\\n  ");
}

// Literals of Python and of JavaScript are those of JSON here; what is redacted comes from the environment.
const literal = (text, variable) => (text === REDACTED ? variable : text.includes(REDACTED)
  ? text.split(REDACTED).map((part) => JSON.stringify(part)).join(` + ${variable} + `) : JSON.stringify(text));

function python(of) {
  const value = (text) => literal(text, `os.environ["${SECRET}"]`);
  const pair = `(${value(of.id)}, ${value(of.secret)})`;
  const form = `data={"grant_type": "client_credentials", "client_id": ${value(of.id)}, "client_secret": ${value(of.secret)}}`;
  const token = of.kind === "token" ? [`token = requests.post(${value(of.tokenUrl)}, ${of.form ? form : `auth=${pair}`}).json()["access_token"]`] : [];
  const headers = of.headers.map(([name, text]) => `${JSON.stringify(name)}: ${value(text)}`);
  if (of.kind === "token") headers.push('"Authorization": f"Bearer {token}"');
  const auth = { basic: [`auth=${pair}`], digest: [`auth=requests.auth.HTTPDigestAuth${pair}`] }[of.kind] ?? [];
  const options = [...(headers.length ? [`headers={${headers.join(", ")}}`] : []), ...auth, ...(of.body === null ? [] : [`data=${value(of.body)}.encode()`])];
  const lines = [...token, `response = requests.request(${[JSON.stringify(of.method), value(of.url), ...options].join(", ")})`, "print(response.status_code, response.text)"];
  const needsEnvironment = lines.some((line) => line.includes("os.environ"));
  return [...(needsEnvironment ? ["import os", ""] : []), "import requests", "", ...lines, ""].join("\n");
}

function javascript(of) {
  const value = (text) => literal(text, `process.env.${SECRET}`);
  const basic = `"Basic " + btoa(${value(`${of.id}:${of.secret}`)})`;
  const form = `body: new URLSearchParams({ grant_type: "client_credentials", client_id: ${value(of.id)}, client_secret: ${value(of.secret)} })`;
  const token = of.kind === "token" ? [`const login = await fetch(${value(of.tokenUrl)}, { method: "POST", ${of.form ? form : `headers: { Authorization: ${basic} }`} });`,
    "const { access_token: token } = await login.json();"] : [];
  const headers = of.headers.map(([name, text]) => `${JSON.stringify(name)}: ${value(text)}`);
  if (of.kind === "token") headers.push("Authorization: `Bearer ${token}`");
  if (of.kind === "basic") headers.push(`Authorization: ${basic}`);
  const options = [`method: ${JSON.stringify(of.method)}`, ...(headers.length ? [`headers: { ${headers.join(", ")} }`] : []), ...(of.body === null ? [] : [`body: ${value(of.body)}`])];
  // fetch knows no HTTP Digest; this package does (npm install digest-fetch).
  const client = of.kind === "digest" ? ['import DigestClient from "digest-fetch";', "", `const client = new DigestClient(${value(of.id)}, ${value(of.secret)});`] : [];
  const call = of.kind === "digest" ? "client.fetch" : "fetch";
  return [...client, ...token, `const response = await ${call}(${value(of.url)}, { ${options.join(", ")} });`, "console.log(response.status, await response.text());", ""].join("\n");
}

const FORMATS = { curl, Python: python, JavaScript: javascript };

export const asCode = (format, entry, login) => FORMATS[format](parts(entry, login));
