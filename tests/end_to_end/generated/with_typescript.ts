// Clients for TypeScript in use: types of openapi-typescript with openapi-fetch, and openapi-generator's typescript-fetch.
import createClient from 'openapi-fetch';
import type { paths as AtobiPaths } from './types/atobi';
import type { paths as BrightPatternPaths } from './types/bright-pattern';
import type { paths as ItxPaths } from './types/itx';
import type { paths as KaisaPaths } from './types/kaisa';
import type { paths as KpnPaths } from './types/kpn';
import type { paths as SandboxPaths } from './types/sandbox';
import { AgentsApi, Configuration } from './og-ts-kpn';

declare const process: { env: Record<string, string> };
export type All = [AtobiPaths, BrightPatternPaths, ItxPaths, KaisaPaths];

const { URL: baseUrl, TOKEN: token, ADMIN_TOKEN: adminToken } = process.env;

function check(holds: boolean, what: string) {
  if (!holds) throw new Error(what);
}

async function main() {
  const kpn = createClient<KpnPaths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
  const { data } = await kpn.GET('/agent/logid/{Logid}', { params: { path: { Logid: '40001' } } });
  check(data?.DataSet.agent.Logid === '40001', 'openapi-fetch: agent');

  const sandbox = createClient<SandboxPaths>({ baseUrl, headers: { Authorization: `Bearer ${adminToken}` } });
  const clock = await sandbox.PUT('/_sandbox/accounts/{id}/clock', {
    params: { path: { id: 'APP_CONSUMER_KEY' } },
    body: { mode: 'running', speed: 1 },
  });
  check(clock.data?.mode === 'running', 'openapi-fetch: clock');

  // It puts a token of OAuth 2.0 into the header as it is.
  const fetched = new AgentsApi(new Configuration({ basePath: baseUrl, accessToken: `Bearer ${token}` }));
  check((await fetched.agent({ logid: '40001' })).dataSet.agent.logid === '40001', 'typescript-fetch: agent');
  check((await fetched.agents()).dataSet.agents.length > 1, 'typescript-fetch: agents');
}

main();
