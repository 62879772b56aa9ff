import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { frame, frameFlag, frameType, headers } from '../helpers/raw-h2.ts';
import { findDisagreement, fuzzHttp2 } from './http2.ts';
import { NodeH2Parser, parseWithOurs } from './http2-parsers.ts';

describe('fuzzHttp2', () => {
  it('finds no disagreement between our codec and node’s in a short run', async () => {
    const { inputs, outcomes } = await fuzzHttp2({ runs: 600, seed: 1, onProgress: () => undefined });
    assert.equal(inputs, 600);
    // A run that refuses nearly everything, or nothing, would prove little.
    assert.ok((outcomes['1 whole'] ?? 0) > 100 && (outcomes['2 whole'] ?? 0) > 50);
    assert.ok((outcomes['0 whole'] ?? 0) > 100);
  });
});

describe('findDisagreement', () => {
  const request = { ':method': 'POST', ':scheme': 'http', ':path': '/a', ':authority': 'h', x: 'y' };
  const send = (change: Record<string, string>, body = 'hello', id = 1): Buffer =>
    Buffer.concat([
      headers(id, Object.entries({ ...request, ...change }), frameFlag.endHeaders),
      frame(frameType.data, frameFlag.endStream, id, body),
    ]);
  const pairs: readonly [what: string, ours: Buffer, node: Buffer][] = [
    ['a method', send({}), send({ ':method': 'PUT' })],
    ['a target', send({}), send({ ':path': '/b' })],
    ['an authority', send({}), send({ ':authority': 'i' })],
    ['a field', send({}), send({ x: 'z' })],
    ['a body', send({}), send({}, 'olleh')],
    ['a request that node refuses', send({}), send({ connection: 'x' })],
    ['a body that node has not whole', send({}), send({}).subarray(0, -1)],
    ['a request that we swallow', send({}), Buffer.concat([send({}), send({}, 'hello', 3)])],
  ];
  for (const [what, ours, node] of pairs)
    it(`tells of ${what}`, async () => {
      const parser = new NodeH2Parser();
      const both = { ours: await parseWithOurs([ours]), node: await parser.parse(ours), input: '' };
      assert.equal(findDisagreement(both), undefined);
      assert.notEqual(findDisagreement({ ...both, node: await parser.parse(node) }), undefined);
    });
});
