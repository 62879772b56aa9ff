import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findDisagreement, fuzzHttp1 } from './http1.ts';
import { NodeParser, parseWithOurs } from './http1-parsers.ts';

describe('fuzzHttp1', () => {
  it('finds no disagreement between our parser and node’s in a short run', async () => {
    const { inputs, outcomes } = await fuzzHttp1({ runs: 10_000, seed: 1, onProgress: () => undefined });
    assert.ok(inputs > 10_000);
    // A run that refuses nearly everything, or nothing, would prove little.
    assert.ok((outcomes['1 whole'] ?? 0) > 1000 && (outcomes['2 whole'] ?? 0) > 500);
    assert.ok((outcomes['0 whole'] ?? 0) > 1000);
  });
});

describe('findDisagreement', () => {
  const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
  const request = 'POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nX: y\r\n\r\nhello';
  const pairs: readonly [what: string, ours: string, node: string][] = [
    ['a method', request, request.replace('POST', 'PUT')],
    ['a target', request, request.replace('/a', '/b')],
    ['an authority', request, request.replace('h\r\n', 'i\r\n')],
    ['a field', request, request.replace('X: y', 'X: z')],
    ['a body', request, request.replace('hello', 'olleh')],
    ['a request that node refuses', request, request.replace('5', 'x')],
    ['a body that node has not whole', request, request.replace('5', '6')],
    ['a request that we swallow', request, `${request}${request}`],
  ];
  for (const [what, ours, node] of pairs)
    it(`tells of ${what}`, () => {
      const parser = new NodeParser();
      assert.equal(findDisagreement(parseWithOurs([bytes(ours)]), parser.parse(bytes(ours))), undefined);
      assert.notEqual(findDisagreement(parseWithOurs([bytes(ours)]), parser.parse(bytes(node))), undefined);
    });
});
