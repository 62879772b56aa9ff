import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { clone, create } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import type { ReflectMessage } from '@bufbuild/protobuf/reflect';
import fc from 'fast-check';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import { compareServices } from './compare-services.ts';
import { relateChanges } from './relate-changes.ts';
import { renderComparison } from './render-comparison.ts';
import { arbitraryService } from './testing/arbitrary-service.ts';

const nothing = { callers: [], elements: [] };
const runs = { numRuns: 100 };

function service(init: MessageInitShape<typeof ServiceSchema>): Service {
  return create(ServiceSchema, init);
}

/** Turns round every list of a message and of those within it, but rules that may be for one method: the last one counts. */
function reverse(message: ReflectMessage): void {
  for (const field of message.fields) {
    if (!message.isSet(field)) continue;
    if (field.fieldKind === 'message') reverse(message.get(field));
    if (field.fieldKind === 'map' && field.mapKind === 'message')
      for (const value of message.get(field).values()) reverse(value as ReflectMessage);
    if (field.fieldKind !== 'list') continue;
    const list = message.get(field);
    const isKept = field.message?.fields.some(({ name }) => name === 'selector') === true;
    const items = isKept ? [...list] : [...list].toReversed();
    list.clear();
    for (const item of items) {
      if (field.listKind === 'message') reverse(item as ReflectMessage);
      list.add(item);
    }
  }
}

describe('compareServices', () => {
  test('finds nothing between a config and its copy', () => {
    fc.assert(
      fc.property(arbitraryService, (config) => {
        assert.deepEqual(compareServices(config, clone(ServiceSchema, config)), nothing);
      }),
      runs,
    );
  });

  test('finds nothing where only the order of lists differs', () => {
    fc.assert(
      fc.property(arbitraryService, (config) => {
        const reversed = clone(ServiceSchema, config);
        reverse(reflect(ServiceSchema, reversed));
        assert.deepEqual(compareServices(config, reversed), nothing);
      }),
      runs,
    );
  });

  test('finds the same elements both ways, with old and new exchanged', () => {
    const mirror = { added: 'removed', removed: 'added', modified: 'modified' } as const;
    fc.assert(
      fc.property(arbitraryService, arbitraryService, (a, b) => {
        const there = compareServices(a, b).elements.map(({ type, oldValue, newValue }) => [
          type,
          oldValue,
          newValue,
        ]);
        const back = compareServices(b, a).elements.map(({ type, oldValue, newValue }) => [
          mirror[type],
          newValue,
          oldValue,
        ]);
        assert.deepEqual(there.map(String).sort(), back.map(String).sort());
      }),
      runs,
    );
  });

  test('compares, relates and prints any two configs', () => {
    fc.assert(
      fc.property(arbitraryService, arbitraryService, (old, next) => {
        const comparison = compareServices(old, next);
        const related = relateChanges(comparison).flatMap(({ callers }) => callers);
        assert.equal(related.length, comparison.callers.length);
        assert.equal(renderComparison(comparison, 'text') === '', comparison.elements.length === 0);
        JSON.parse(renderComparison(comparison, 'json'));
      }),
      runs,
    );
  });

  for (const [fact, old, next] of [
    ['id', { id: 'c1' }, { id: 'c2' }],
    ['source files', {}, { sourceInfo: { sourceFiles: [{ typeUrl: 'a' }] } }],
    ['producer project where one names none', { producerProjectId: 'p1' }, {}],
    [
      'source file of an API',
      { apis: [{ name: 'a' }] },
      { apis: [{ name: 'a', sourceContext: { fileName: 'a.yaml' } }] },
    ],
    ['message that says nothing', {}, { usage: {}, systemParameters: {} }],
    ['rule that says nothing', {}, { usage: { rules: [{ selector: 'a' }] } }],
    [
      'order of audiences',
      { authentication: { providers: [{ id: 'a', audiences: 'x, y' }] } },
      { authentication: { providers: [{ id: 'a', audiences: 'y,x' }] } },
    ],
  ] as const satisfies (readonly [string, ...MessageInitShape<typeof ServiceSchema>[]])[])
    test(`finds nothing where only the ${fact} differs`, () => {
      assert.deepEqual(compareServices(service(old), service(next)), nothing);
    });

  test('finds nothing where only the order of rules for different methods differs', () => {
    const config = (...selectors: readonly string[]): Service =>
      service({
        usage: { rules: selectors.map((selector) => ({ selector, skipServiceControl: selector === 'a' })) },
      });
    assert.deepEqual(compareServices(config('a', 'b', 'c'), config('c', 'a', 'b')), nothing);
    assert.deepEqual(compareServices(config('a', 'x.*', 'c'), config('a', 'd', 'x.*')).elements.length, 0);
  });

  test('tells when another of two rules for one method counts', () => {
    for (const selectors of [
      ['a.B', 'a.B'],
      ['a.B', '*'],
      ['a.B', 'x, a.B'],
    ] as const) {
      const apis = [{ name: 'a', methods: [{ name: 'B' }] }];
      const rules = selectors.map((selector, index) => ({ selector, allowUnregisteredCalls: index > 0 }));
      const [old, next] = [
        service({ apis, usage: { rules } }),
        service({ apis, usage: { rules: rules.toReversed() } }),
      ];
      assert.notEqual(compareServices(old, next).elements.length, 0);
      assert.deepEqual(
        compareServices(old, next).callers.map(({ rule }) => rule),
        ['api-key-required'],
      );
    }
  });

  test('tells another producer project', () => {
    const { elements } = compareServices(
      service({ producerProjectId: 'a' }),
      service({ producerProjectId: 'b' }),
    );
    assert.deepEqual(elements, [
      { element: 'producer_project_id', type: 'modified', oldValue: '"a"', newValue: '"b"' },
    ]);
  });

  test('counts field numbers only where protobuf is spoken', () => {
    const numbered = (number: number, fileName: string): Service =>
      service({
        apis: [{ name: 'a', sourceContext: { fileName } }],
        types: [{ name: 'T', fields: [{ name: 'f', number }] }],
      });
    assert.equal(compareServices(numbered(1, 'a.yaml'), numbered(2, 'a.yaml')).elements.length, 0);
    assert.deepEqual(
      compareServices(numbered(1, 'a.proto'), numbered(2, 'a.proto')).elements.map(({ element }) => element),
      ['types[name=="T"].fields[name=="f"].number'],
    );
  });

  test('takes the last rule that matches, by wildcards too', () => {
    const config = (...selectors: readonly string[]): Service =>
      service({
        apis: [{ name: 'a.B', methods: [{ name: 'C' }] }],
        usage: {
          rules: selectors.map((selector, index) => ({ selector, allowUnregisteredCalls: index > 0 })),
        },
      });
    for (const [old, next, expected] of [
      [['a.B.C'], ['a.B.C', '*'], ['api-key-dropped']],
      [['a.B.C'], ['a.B.C', 'a.B.*'], ['api-key-dropped']],
      [['a.B.C'], ['a.B.C', 'x.Y.Z, a.B.C'], ['api-key-dropped']],
      [['a.B.C'], ['a.B.C', 'a.BB.*'], []],
      [['a.B.C', '*'], ['*', 'a.B.C'], []],
    ] as const) {
      const { callers } = compareServices(config(...old), config(...next));
      assert.deepEqual(
        callers.map(({ rule }) => rule),
        expected,
        next.join(' '),
      );
    }
  });
});
