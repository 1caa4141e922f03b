// Whether openapi-backend and express-openapi-validator take a document, and requests that fit it.
// Called with a file: {"document": OpenAPI 3.0, "requests": [{method, path, query, headers, body}]}; prints what is wrong.
const { readFileSync } = require('node:fs');
const express = require('express');
const { OpenAPIBackend } = require('openapi-backend');
const { middleware } = require('express-openapi-validator');

const { document, requests } = JSON.parse(readFileSync(process.argv[2]));
document.servers = [{ url: '/' }];

async function backend() {
  const api = new OpenAPIBackend({
    definition: structuredClone(document), strict: true, ajvOpts: { coerceTypes: true, logger: false },
  });
  await api.init();
  for (const each of requests) {
    const isForm = each.headers['Content-Type'] === 'application/x-www-form-urlencoded';
    const body = isForm ? Object.fromEntries(new URLSearchParams(each.body)) : each.body;
    const found = api.validateRequest({ ...each, body });
    if (!found.valid) console.log('openapi-backend', each.method, each.path, JSON.stringify(found.errors));
  }
}

async function validator() {
  const app = express();
  app.use(express.json({ type: ['application/json', 'application/merge-patch+json'] }), express.urlencoded({ extended: false }));
  app.use(middleware({ apiSpec: structuredClone(document), validateRequests: { coerceTypes: true }, validateResponses: false, validateSecurity: false }));
  app.use((request, response) => response.json({}));
  app.use((error, request, response, next) => response.status(error.status || 500).json({ error: String(error.message) }));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  const base = `http://127.0.0.1:${server.address().port}`;
  for (const each of requests) {
    const url = `${base}${each.path}?${new URLSearchParams(each.query)}`;
    const answer = await fetch(url, { method: each.method, headers: each.headers, body: each.body || undefined });
    if (!answer.ok) console.log('express-openapi-validator', each.method, each.path, answer.status, await answer.text());
  }
  server.close();
  server.closeAllConnections();
}

backend().then(validator).catch((error) => { console.log(error); process.exit(1); });
