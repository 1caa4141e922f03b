// The log keeps no secrets; those of the account that is logged in can be put back.
import { basic, request } from "./common.js";

export const REDACTED = "***";
const NAMED = /((?:client_secret|password)(?:=|"\s*:\s*"))\*\*\*/g;
const ITX = /(\btoken=)\*\*\*/g;

// Headers by which clients say who they are; of Bright Pattern a session may be a cookie or a header of its own.
const CREDENTIALS = { bright_pattern: ["authorization", "cookie", "x-bp-session-id"] };

export function hasCredentials({ api, headers }) {
  const names = CREDENTIALS[api] ?? ["authorization"];
  return Object.keys(headers).some((name) => names.includes(name.toLowerCase()));
}

// A login with the token in ITX's URLs, which follows from the secret.
export async function withItxToken(login) {
  if (!login.secret || login.itxToken) return login;
  const answer = await request("/requests/itx-token", { headers: { Authorization: basic(login.id, login.secret) } });
  if (answer.ok) login.itxToken = (await answer.json()).token;
  return login;
}

// Only of ITX's API is a parameter `token` the account's; elsewhere it may be anything.
export function withSecrets(text, { api }, { secret, itxToken }, encode = (value) => value) {
  const found = secret ? text.replace(NAMED, (whole, name) => name + encode(secret)) : text;
  return api === "itx" && itxToken ? found.replace(ITX, (whole, name) => name + encode(itxToken)) : found;
}
