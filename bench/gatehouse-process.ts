import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFlags } from '../src/core/node-flags.ts';
import { freePort } from '../test/helpers/ports.ts';

const root = join(import.meta.dirname, '..');
const rsaBits = 2048;
/** Nothing listens there: a config without policies calls nobody. */
const nobody = 'http://127.0.0.1:9';

export interface GatehouseOptions {
  /** Takes the files that the proxy reads. */
  readonly scratch: string;
  readonly serviceConfig: object;
  readonly backendPort: number;
  /** Base URL of Service Control and of the token endpoint; none is called by a config without policies. */
  readonly serviceControlUrl?: string;
  /** Flags besides those that every benchmark needs. */
  readonly flags?: readonly string[];
}

/** How to start one proxy; it can be started again and again, on the same port. */
export interface GatehouseCommand {
  readonly command: readonly string[];
  readonly port: number;
  /** The config file: rewrite it and send SIGHUP to swap. */
  readonly configFile: string;
}

/** The program itself: `command('up', …)`. */
export function gatehouseProgram(...args: readonly string[]): string[] {
  return [process.execPath, ...nodeFlags, join(root, 'src/main.ts'), ...args];
}

/** Writes what `gatehouse proxy` reads and gives its command line: ESPv2's dialect, on loopback, without a drain. */
export async function prepareGatehouse(options: GatehouseOptions): Promise<GatehouseCommand> {
  const port = await freePort();
  const configFile = join(options.scratch, 'service.json');
  writeFileSync(configFile, JSON.stringify(options.serviceConfig));
  const command = gatehouseProgram(
    'proxy',
    '--runtime_version=2',
    `--service_json_path=${configFile}`,
    `--listener_port=${port}`,
    '--listener_address=127.0.0.1',
    `--backend=http://127.0.0.1:${options.backendPort}`,
    '--non_gcp',
    '--drain_delay=0s',
    '--drain_timeout=1s',
    ...credentials(options.scratch, options.serviceControlUrl ?? nobody),
    ...(options.flags ?? []),
  );
  return { command, port, configFile };
}

/** A key of its own, so that access tokens come from the stand-in. */
function credentials(scratch: string, serviceControlUrl: string): string[] {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: rsaBits,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const keyFile = join(scratch, 'key.json');
  const key = {
    type: 'service_account',
    project_id: 'bench',
    private_key_id: '1',
    private_key: privateKey,
    client_email: 'bench@bench.iam.gserviceaccount.com',
    client_id: '1',
    token_uri: `${serviceControlUrl}/token`,
  };
  writeFileSync(keyFile, JSON.stringify(key), { mode: 0o600 });
  return [`--service_account_key=${keyFile}`, `--service_control_url=${serviceControlUrl}`];
}
