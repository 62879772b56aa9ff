import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FieldReader } from './field-reader.ts';
import { HeadScanner, ScanResult } from './head-scanner.ts';

const limits = { maxHeadBytes: 400, maxStartLineBytes: 300, maxFields: 20, allowObsFold: false };
const fields = 'host: a.example\r\nconnection: x-hop\r\nx-hop: 1\r\naccept: */*\r\n\r\n';

interface Read {
  readonly startLine: string;
  readonly headers: readonly string[];
  readonly host: string | undefined;
  readonly repeats: boolean;
}

/** The heads of one connection. */
class Heads {
  readonly #scanner = new HeadScanner(limits);
  readonly #reader = new FieldReader('reject');

  /** Reads one head, given in pieces; a problem instead if it is refused. */
  read(...pieces: readonly string[]): Read | string {
    const scanner = this.#scanner;
    scanner.reset('request', limits);
    let result: number = ScanResult.MORE;
    for (const piece of pieces) result = scanner.push(Buffer.from(piece, 'latin1'), 0);
    if (result !== ScanResult.COMPLETE) return result === ScanResult.FAILED ? scanner.problem : 'unfinished';
    const problem = this.#reader.read(scanner);
    const { startLine, repeatsFields: repeats } = scanner;
    return problem ?? { startLine, headers: this.#reader.headers, host: this.#reader.host, repeats };
  }
}

const asRead = (head: Read | string): Read => {
  assert.ok(typeof head !== 'string', String(head));
  return head;
};

describe('a head whose fields are those of the head before', () => {
  it('is read as if it were the first one, with its own start line', () => {
    const heads = new Heads();
    const first = asRead(heads.read(`GET /1 HTTP/1.1\r\n${fields}`));
    const second = asRead(heads.read(`GET /second HTTP/1.1\r\n${fields}`));
    assert.deepEqual(second, { ...first, startLine: 'GET /second HTTP/1.1', repeats: true });
  });

  it('has a list of its own', () => {
    const heads = new Heads();
    heads.read(`GET /1 HTTP/1.1\r\n${fields}`);
    (asRead(heads.read(`GET /2 HTTP/1.1\r\n${fields}`)).headers as string[]).push('added', '1');
    assert.deepEqual(asRead(heads.read(`GET /3 HTTP/1.1\r\n${fields}`)).headers, ['accept', '*/*']);
  });

  it('is still too large where its start line makes it so', () => {
    const heads = new Heads();
    heads.read(`GET /1 HTTP/1.1\r\nx: ${'a'.repeat(200)}\r\n\r\n`);
    const head = heads.read(`GET /${'b'.repeat(200)} HTTP/1.1\r\nx: ${'a'.repeat(200)}\r\n\r\n`);
    assert.equal(head, 'head_too_large');
  });

  it('is read however it is cut', () => {
    const whole = `GET /2 HTTP/1.1\r\n${fields}`;
    for (let at = 1; at < whole.length; at++) {
      const heads = new Heads();
      const first = asRead(heads.read(`GET /2 HTTP/1.1\r\n${fields}`));
      const { repeats: _, ...second } = asRead(heads.read(whole.slice(0, at), whole.slice(at)));
      assert.deepEqual({ ...second, repeats: false }, first);
    }
  });
});

describe('a head whose fields are not those of the head before', () => {
  for (const [name, next] of [
    ['another value', fields.replace('*/*', '*/+')],
    ['another host', fields.replace('a.example', 'b.example')],
    ['one field less', fields.replace('accept: */*\r\n', '')],
    ['one field more', fields.replace('\r\n\r\n', '\r\nx: 1\r\n\r\n')],
    ['no fields', '\r\n'],
  ] as const)
    it(`is read anew: ${name}`, () => {
      const heads = new Heads();
      heads.read(`GET / HTTP/1.1\r\n${fields}`);
      const head = asRead(heads.read(`GET / HTTP/1.1\r\n${next}`));
      assert.deepEqual(head, asRead(new Heads().read(`GET / HTTP/1.1\r\n${next}`)));
    });

  it('is refused for what is wrong with it', () => {
    const heads = new Heads();
    heads.read(`GET / HTTP/1.1\r\n${fields}`);
    assert.equal(
      heads.read(`GET / HTTP/1.1\r\n${fields.replace('x-hop: 1', 'x-hop : 1')}`),
      'space_before_colon',
    );
  });

  it('is not compared any more once eight in a row have differed', () => {
    const heads = new Heads();
    for (let i = 0; i < 8; i++) heads.read(`GET / HTTP/1.1\r\nx: ${i}\r\n\r\n`);
    heads.read(`GET / HTTP/1.1\r\n${fields}`);
    assert.equal(asRead(heads.read(`GET / HTTP/1.1\r\n${fields}`)).repeats, false);
  });
});

describe('the heads of a connection', () => {
  it('are what each of them is alone', () => {
    const line = fc.constantFrom(
      'GET / HTTP/1.1\r\n',
      'POST /longer?x=y HTTP/1.1\r\n',
      '\r\nGET / HTTP/1.0\r\n',
    );
    const section = fc.constantFrom(
      fields,
      'host: b\r\n\r\n',
      'host: b\r\ncontent-length: 3\r\n\r\n',
      '\r\n',
    );
    const head = fc.tuple(line, section, fc.nat({ max: 60 }));
    fc.assert(
      fc.property(fc.array(head, { maxLength: 12 }), (sequence) => {
        const heads = new Heads();
        for (const [start, rest, cut] of sequence) {
          const whole = start + rest;
          const pieces = [whole.slice(0, cut), whole.slice(cut)].filter((piece) => piece !== '');
          const { repeats: _, ...together } = asRead(heads.read(...pieces));
          const { repeats: __, ...alone } = asRead(new Heads().read(whole));
          assert.deepEqual(together, alone);
        }
      }),
    );
  });
});
