import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { describe, it } from 'node:test';
import { ManualClock } from '../../core/manual-clock.ts';
import type { DnsAnswer, DnsFamily } from './dns-resolver.ts';
import { DnsResolver, parseDnsServers } from './dns-resolver.ts';

const notFound = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });

function queryFor(
  v4: readonly string[],
  v6: readonly string[],
): (host: string, family: 4 | 6) => Promise<DnsAnswer> {
  return (_host, family) => {
    const addresses = family === 4 ? v4 : v6;
    return addresses.length === 0
      ? Promise.reject(notFound)
      : Promise.resolve({ addresses, ttlMs: undefined });
  };
}

describe('DnsResolver', () => {
  const [four, six] = [['192.0.2.1'], ['2001:db8::1']];
  const families: ReadonlyArray<
    readonly [DnsFamily, readonly string[], readonly string[], readonly string[] | undefined]
  > = [
    ['auto', four, six, six],
    ['auto', four, [], four],
    ['v4only', four, six, four],
    ['v4only', [], six, undefined],
    ['v6only', four, six, six],
    ['v6only', four, [], undefined],
    ['v4preferred', four, six, four],
    ['v4preferred', [], six, six],
    ['v4preferred', [], [], undefined],
    ['all', ['192.0.2.1', '192.0.2.2'], six, ['2001:db8::1', '192.0.2.1', '192.0.2.2']],
    ['all', four, [], four],
    ['all', [], [], undefined],
  ];
  for (const [family, v4, v6, expected] of families)
    it(`answers ${expected?.join(',') ?? 'nothing'} for ${family} of [${v4.join(',')}] and [${v6.join(',')}]`, async () => {
      const resolver = new DnsResolver({ query: queryFor(v4, v6) });
      const answer = resolver.resolve('name.example', family);
      if (expected === undefined) await assert.rejects(answer, { code: 'ENOTFOUND' });
      else assert.deepEqual(await answer, expected);
    });

  for (const address of ['127.0.0.1', '::1'])
    it(`takes ${address} for its own answer`, async () => {
      const resolver = new DnsResolver({ query: () => Promise.reject(notFound) });
      assert.deepEqual(await resolver.resolve(address, 'v4only'), [address]);
    });

  /** A source whose answers and failures a test sets. */
  function scripted(options: { ttlMs?: number } = {}): {
    clock: ManualClock;
    resolver: DnsResolver;
    state: { addresses: string[] | undefined; questions: number };
  } {
    const clock = new ManualClock();
    const state: { addresses: string[] | undefined; questions: number } = {
      addresses: ['192.0.2.1'],
      questions: 0,
    };
    const resolver = new DnsResolver({
      clock,
      maxEntries: 2,
      maxAddresses: 3,
      query: () => {
        state.questions++;
        if (state.addresses === undefined) return Promise.reject(notFound);
        return Promise.resolve({ addresses: state.addresses, ttlMs: options.ttlMs });
      },
    });
    return { clock, resolver, state };
  }

  it('asks once for those who ask at the same time', async () => {
    const { resolver, state } = scripted();
    await Promise.all([resolver.resolve('a'), resolver.resolve('a')]);
    assert.equal(state.questions, 1);
  });

  it('uses an answer for five seconds, then asks again in the background', async () => {
    const { clock, resolver, state } = scripted();
    await resolver.resolve('a');
    clock.advance(4999);
    await resolver.resolve('a');
    assert.equal(state.questions, 1);
    state.addresses = ['192.0.2.2'];
    clock.advance(1);
    assert.deepEqual(await resolver.resolve('a'), ['192.0.2.1']);
    await new Promise(setImmediate);
    assert.deepEqual(await resolver.resolve('a'), ['192.0.2.2']);
    assert.equal(state.questions, 2);
  });

  for (const [ttlMs, usedMs] of [
    [1000, 5000],
    [30_000, 30_000],
    [3_600_000, 60_000],
  ] as const)
    it(`uses an answer with a TTL of ${ttlMs} ms for ${usedMs} ms`, async () => {
      const { clock, resolver, state } = scripted({ ttlMs });
      await resolver.resolve('a');
      clock.advance(usedMs - 1);
      resolver.peek('a');
      assert.equal(state.questions, 1);
      clock.advance(1);
      resolver.peek('a');
      assert.equal(state.questions, 2);
    });

  it('keeps the last good answer while nobody answers', async () => {
    const { clock, resolver, state } = scripted();
    await resolver.resolve('a', 'v4only');
    state.addresses = undefined;
    for (let i = 0; i < 3; i++) {
      clock.advance(10_000);
      assert.deepEqual(await resolver.resolve('a', 'v4only'), ['192.0.2.1']);
      await new Promise(setImmediate);
    }
    assert.equal(state.questions, 4);
    state.addresses = ['192.0.2.9'];
    clock.advance(10_000);
    await resolver.resolve('a', 'v4only');
    await new Promise(setImmediate);
    assert.deepEqual(await resolver.resolve('a', 'v4only'), ['192.0.2.9']);
  });

  it('asks again after a failure with nothing to fall back on', async () => {
    const { resolver, state } = scripted();
    state.addresses = undefined;
    await assert.rejects(resolver.resolve('a'));
    state.addresses = ['192.0.2.1'];
    assert.deepEqual(await resolver.resolve('a'), ['192.0.2.1']);
  });

  it('forgets the oldest name when there are too many, and addresses beyond the bound', async () => {
    const { resolver, state } = scripted();
    state.addresses = Array.from({ length: 1000 }, (_, i) => `192.0.2.${i % 250}`);
    for (const name of ['a', 'b', 'c']) assert.equal((await resolver.resolve(name)).length, 3);
    assert.equal(resolver.peek('a'), undefined);
    assert.notEqual(resolver.peek('c'), undefined);
  });

  it('asks the servers given', async () => {
    const server = createSocket('udp4');
    const names: string[] = [];
    server.on('message', (question, peer) => {
      names.push(question.subarray(13, 13 + (question[12] as number)).toString());
      const isA =
        question.readUInt16BE(question.length - 4) === 1 || question.includes(Buffer.of(0, 1, 0, 1));
      server.send(
        isA ? answerA(question, [192, 0, 2, 7], 9) : answerNothing(question),
        peer.port,
        peer.address,
      );
    });
    await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
    const resolver = new DnsResolver({ servers: [`127.0.0.1:${server.address().port}`], timeoutMs: 1000 });
    assert.deepEqual(await resolver.resolve('dns-resolver-test-backend', 'v4preferred'), ['192.0.2.7']);
    assert.ok(names.includes('dns-resolver-test-backend'));
    await assert.rejects(resolver.resolve('dns-resolver-test-backend', 'v6only'));
    assert.deepEqual(await resolver.resolve('localhost', 'v4only'), ['127.0.0.1']);
    server.close();
  });

  it('refuses servers that are no address', () => {
    assert.throws(() => new DnsResolver({ servers: ['dns.example'] }), TypeError);
  });
});

describe('parseDnsServers', () => {
  for (const [text, expected] of [
    ['8.8.8.8', ['8.8.8.8']],
    ['127.0.0.1:5353;8.8.4.4', ['127.0.0.1:5353', '8.8.4.4']],
    ['2001:db8::1', undefined],
    ['127.0.0.1:99999', undefined],
    ['dns.example', undefined],
    ['', undefined],
  ] as const)
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(parseDnsServers(text), expected));
});

/** The question's header and question section, as a response with one A record. */
function answerA(question: Buffer, address: readonly number[], ttlSeconds: number): Buffer {
  const end = endOfQuestion(question);
  const reply = Buffer.from(question.subarray(0, end));
  reply.writeUInt16BE(0x8180, 2);
  reply.writeUInt16BE(1, 6);
  reply.writeUInt16BE(0, 10);
  const record = Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, ttlSeconds, 0, 4, ...address]);
  return Buffer.concat([reply, record]);
}

function answerNothing(question: Buffer): Buffer {
  const reply = Buffer.from(question.subarray(0, endOfQuestion(question)));
  reply.writeUInt16BE(0x8183, 2);
  reply.writeUInt16BE(0, 10);
  return reply;
}

function endOfQuestion(question: Buffer): number {
  let at = 12;
  while (question[at] !== 0) at += (question[at] as number) + 1;
  return at + 5;
}
