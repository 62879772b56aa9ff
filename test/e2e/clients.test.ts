import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { describe, test, type TestContext } from 'node:test';
import { plainAndTls } from './plain-and-tls.ts';

const waitMs = 30_000;
const curl = ['--silent', '--show-error', '--max-time', '10'];
const message = JSON.stringify({ message: 'hello' });

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a client that nobody here wrote; skips the test where it is not installed. */
async function run(t: TestContext, command: string, args: readonly string[], input = ''): Promise<Ran> {
  return await new Promise((resolve, reject) => {
    const child = execFile(command, args, { timeout: waitMs }, (error, stdout, stderr) => {
      const { code } = (error ?? {}) as { code?: string | number };
      if (code === 'ENOENT') {
        t.skip(`${command} is not installed`);
        reject(new Error(`${command} is not installed`));
      } else resolve({ code: typeof code === 'number' ? code : error === null ? 0 : -1, stdout, stderr });
    });
    child.on('error', () => undefined);
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version']).error === undefined;
}

/** Options of a test that needs a client. */
function needs(command: string): { readonly skip: string | false } {
  return { skip: isInstalled(command) ? false : `${command} is not installed` };
}

describe('clients that nobody here wrote', () => {
  const proxies = plainAndTls();

  const versions: ReadonlyArray<readonly [flag: string, over: 'plain' | 'tls', version: string]> = [
    ['--http1.1', 'plain', '1.1'],
    ['--http2', 'plain', '1.1'],
    ['--http2-prior-knowledge', 'plain', '2'],
    ['--http1.1', 'tls', '1.1'],
    ['--http2', 'tls', '2'],
  ];
  for (const [flag, over, version] of versions)
    test(`curl ${flag}, ${over}`, needs('curl'), async (t) => {
      const target = proxies[over];
      const scheme = over === 'tls' ? 'https' : 'http';
      const ran = await run(t, 'curl', [
        ...curl,
        flag,
        '--cacert',
        proxies.caFile,
        '--write-out',
        '\n%{http_code} %{http_version}',
        '--data',
        message,
        '--header',
        'content-type: application/json',
        `${scheme}://localhost:${target.port}/echo?key=curl`,
        '--resolve',
        `localhost:${target.port}:127.0.0.1`,
      ]);
      assert.equal(ran.stderr, '');
      assert.equal(ran.stdout, `${message}\n200 ${version}`);
    });

  test('curl waits for 100-continue and gets it', needs('curl'), async (t) => {
    const body = 'x'.repeat(200_000);
    const ran = await run(
      t,
      'curl',
      [
        ...curl,
        '--http1.1',
        '--verbose',
        '--data-binary',
        '@-',
        '--header',
        'expect: 100-continue',
        `http://127.0.0.1:${proxies.plain.port}/echo?key=curl`,
      ],
      body,
    );
    assert.equal(ran.stdout, body);
    assert.match(ran.stderr, /< HTTP\/1\.1 100 Continue/);
  });

  test('curl uploads in chunks', needs('curl'), async (t) => {
    const body = 'y'.repeat(300_000);
    const ran = await run(
      t,
      'curl',
      [
        ...curl,
        '--http1.1',
        '--upload-file',
        '-',
        '--request',
        'POST',
        `http://127.0.0.1:${proxies.plain.port}/echo?key=curl`,
      ],
      body,
    );
    assert.equal(ran.stdout, body);
  });

  test('curl resumes one connection for two requests', needs('curl'), async (t) => {
    const url = `http://127.0.0.1:${proxies.plain.port}/simpleget?key=curl`;
    const ran = await run(t, 'curl', [...curl, '--http1.1', '--write-out', ' %{num_connects}\n', url, url]);
    assert.equal(ran.stdout, 'simple get message 1\nsimple get message 0\n');
  });

  const loads: ReadonlyArray<readonly [over: 'plain' | 'tls', args: readonly string[]]> = [
    ['plain', []],
    ['plain', ['--h1']],
    ['tls', []],
    ['tls', ['--h1']],
  ];
  for (const [over, args] of loads)
    test(`h2load ${args.join(' ')}, ${over}: every request succeeds`, needs('h2load'), async (t) => {
      const target = proxies[over];
      const scheme = over === 'tls' ? 'https' : 'http';
      const ran = await run(t, 'h2load', [
        '--requests=400',
        '--clients=4',
        '--threads=1',
        ...args,
        ...(args.includes('--h1') ? [] : ['--max-concurrent-streams=10']),
        `${scheme}://127.0.0.1:${target.port}/simpleget?key=h2load`,
      ]);
      assert.match(
        ran.stdout,
        /400 total, 400 started, 400 done, 400 succeeded, 0 failed, 0 errored, 0 timeout/,
      );
      assert.match(ran.stdout, /status codes: 400 2xx, 0 3xx, 0 4xx, 0 5xx/);
    });

  test('wrk: no socket error and no status but 200', needs('wrk'), async (t) => {
    const url = `http://127.0.0.1:${proxies.plain.port}/simpleget?key=wrk`;
    const ran = await run(t, 'wrk', ['--threads=1', '--connections=8', '--duration=1s', url]);
    assert.equal(ran.code, 0);
    assert.ok(Number(/(\d+) requests in/.exec(ran.stdout)?.[1]) > 0, ran.stdout);
    assert.doesNotMatch(ran.stdout, /Socket errors|Non-2xx/);
  });

  const handshakes: ReadonlyArray<readonly [args: readonly string[], says: RegExp]> = [
    [['-alpn', 'h2,http/1.1'], /ALPN protocol: h2\n/],
    [['-alpn', 'http/1.1'], /ALPN protocol: http\/1\.1\n/],
    [[], /No ALPN negotiated/],
    [['-tls1_2'], /Protocol\s*: TLSv1\.2/],
    [['-tls1_3'], /New, TLSv1\.3/],
    [[], /Verify return code: 0 \(ok\)/],
  ];
  for (const [args, says] of handshakes)
    test(`openssl s_client ${args.join(' ')} says ${says.source}`, needs('openssl'), async (t) => {
      const ran = await run(t, 'openssl', [
        's_client',
        '-connect',
        `127.0.0.1:${proxies.tls.port}`,
        '-CAfile',
        proxies.caFile,
        '-servername',
        'localhost',
        ...args,
      ]);
      assert.match(ran.stdout, says);
    });

  test('openssl s_client -tls1_1 gets no session', needs('openssl'), async (t) => {
    const ran = await run(t, 'openssl', [
      's_client',
      '-connect',
      `127.0.0.1:${proxies.tls.port}`,
      '-tls1_1',
      '-cipher',
      'DEFAULT@SECLEVEL=0',
    ]);
    assert.notEqual(ran.code, 0);
    assert.match(ran.stderr, /alert protocol version/);
  });

  test('openssl s_client sends a request by hand', needs('openssl'), async (t) => {
    const request = 'GET /simpleget?key=openssl HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    const ran = await run(
      t,
      'openssl',
      [
        's_client',
        '-quiet',
        '-ign_eof',
        '-connect',
        `127.0.0.1:${proxies.tls.port}`,
        '-CAfile',
        proxies.caFile,
        '-servername',
        'localhost',
      ],
      request,
    );
    assert.match(ran.stdout, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(ran.stdout, /\r\nsimple get message\r\n/);
  });
});
