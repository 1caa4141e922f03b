// Run with: kpn-sandbox exec -- npm test
import assert from "node:assert/strict";
import { before, beforeEach, test } from "node:test";

const { KPN_SANDBOX_URL: url, KPN_SANDBOX_CLIENT_ID: id, KPN_SANDBOX_CLIENT_SECRET: secret } = process.env;
const control = `${url}/_sandbox/accounts/${id}`;
const basic = `Basic ${btoa(`${id}:${secret}`)}`;
let token;

async function turn(method, path, body) {
  const headers = { Authorization: basic, "Content-Type": "application/json" };
  const answer = await fetch(control + path, { method, headers, body: JSON.stringify(body) });
  assert.ok(answer.ok, await answer.text());
}

function agents() {
  return fetch(`${url}/agents`, { headers: { Authorization: `Bearer ${token}` } });
}

before(async () => {
  const path = "/oauth/client_credential/accesstoken?grant_type=client_credentials";
  const body = new URLSearchParams({ client_id: id, client_secret: secret });
  token = (await (await fetch(url + path, { method: "POST", body })).json()).access_token;
});

beforeEach(() => turn("POST", "/reset", { layers: ["clock", "faults", "pins"] }));

test("all agents are told", async () => {
  const answer = await agents();
  assert.equal(answer.status, 200);
  assert.equal((await answer.json()).DataSet.agents.length, 50);
});

test("time stands still", async () => {
  await turn("PUT", "/clock", { mode: "frozen", at: new Date().toISOString() });
  assert.equal(await (await agents()).text(), await (await agents()).text());
});

test("what fails once works the next time", async () => {
  await turn("POST", "/faults", { api: "kpn", operation: "agents", outcomes: [{ status: 503 }] });
  assert.equal((await agents()).status, 503);
  assert.equal((await agents()).status, 200);
});
