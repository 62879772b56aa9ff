import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import type { TestContext } from 'node:test';
import { ManualClock } from '../core/manual-clock.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { testFolder } from '../store/test-stores.ts';
import { silentLogger } from '../telemetry/logger.ts';
import { createAuthorizer } from './iam/store-authorizer.ts';
import { signRs256 } from './oauth/jwt.ts';
import { ensureOwnerToken } from './oauth/owner-token.ts';
import { createControlServer } from './server.ts';
import type { ControlServerOptions } from './server.ts';

/** What a call answered. Tests look at JSON as it comes. */
export interface ControlAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A service account's key file as its holder reads it. */
export interface KeyFile {
  readonly private_key: string;
  readonly private_key_id: string;
  readonly client_email: string;
  readonly client_id: string;
  readonly token_uri: string;
}

/** A whole control plane on a port of its own, over an empty store and with a clock that the test moves. */
export interface TestControl {
  readonly url: string;
  readonly store: Store;
  readonly clock: ManualClock;
  readonly folder: string;
  readonly ownerToken: string;
  /** Calls as the owner, or with another token; '' for none. */
  call(method: string, path: string, body?: unknown, token?: string): Promise<ControlAnswer>;
  /** As `call`, and the call must succeed. */
  ok(method: string, path: string, body?: unknown, token?: string): Promise<ControlAnswer['body']>;
  /** A service account with a key; makes the project if need be. */
  account(project: string, id: string): Promise<KeyFile>;
  /** A self-signed token. Claims given replace the usual ones. */
  sign(key: KeyFile, claims?: Readonly<Record<string, unknown>>): Promise<string>;
}

/** Starts one; the test's end stops and removes it. */
export async function startTestControl(
  context: TestContext,
  options: ControlServerOptions = {},
): Promise<TestControl> {
  const folder = testFolder(context);
  const store = await openStore({ folder });
  context.after(() => store.close());
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const ownerToken = (await ensureOwnerToken(store, folder)).reveal();
  const server = await createControlServer(options, {
    store,
    authorizer: createAuthorizer(store),
    clock,
    logger: silentLogger,
    services: [],
  });
  context.after(() => server.close());
  const call: TestControl['call'] = async (method, path, body, token = ownerToken) => {
    const response = await fetch(server.url + path, {
      method,
      headers: { connection: 'close', ...(token === '' ? {} : { authorization: `Bearer ${token}` }) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as ControlAnswer['body'] };
  };
  const ok: TestControl['ok'] = async (method, path, body, token) => {
    const answer = await call(method, path, body, token);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  };
  return {
    url: server.url,
    store,
    clock,
    folder,
    ownerToken,
    call,
    ok,
    async account(project, id) {
      if ((await store.projects.get(project)) === undefined)
        await ok('POST', '/v1/projects', { projectId: project });
      const { name } = await ok('POST', `/v1/projects/${project}/serviceAccounts`, { accountId: id });
      const key = await ok('POST', `/v1/${String(name)}/keys`, {});
      return JSON.parse(Buffer.from(String(key['privateKeyData']), 'base64').toString()) as KeyFile;
    },
    sign(key, claims = {}) {
      const now = Math.floor(clock.nowMs() / 1000);
      const usual = {
        iss: key.client_email,
        sub: key.client_email,
        aud: server.url,
        iat: now,
        exp: now + 3600,
      };
      const signer = { keyId: key.private_key_id, privateKey: createPrivateKey(key.private_key) };
      return signRs256({ ...usual, ...claims }, signer);
    },
  };
}

/** The error of an answer: its canonical status and message. */
export function errorOf({ body }: ControlAnswer): { readonly status: string; readonly message: string } {
  const { status, message } = body['error'] as { status: string; message: string };
  return { status, message };
}
