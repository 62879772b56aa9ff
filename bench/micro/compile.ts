// Time and peak memory of compiling large OpenAPI documents, one JSON line each. Every document is compiled in a process
// of its own, which reads it, compiles it once and ends: what `gatehouse compile` does, modules' loading counted in
// `startMillis` alone. The aim is less than 2 s and 300 MiB for 5 MiB with 2,000 operations.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { compileFiles } from '../../src/service-config/compile.ts';

const mebibyte = 1024 * 1024;
const sizes = [
  { operations: 2_000, bytes: 5 * mebibyte },
  { operations: 10_000, bytes: 10 * mebibyte },
] as const;

const [path] = process.argv.slice(2);
if (path === undefined) measureAll();
else console.log(JSON.stringify(measure(path)));

function measureAll(): void {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-compile-'));
  try {
    for (const { operations, bytes } of sizes) {
      const document = documentOf(operations, bytes);
      for (const [name, text] of [
        ['openapi.json', JSON.stringify(document, null, 1)],
        ['openapi.yaml', toYaml(document, '')],
      ] as const) {
        const file = join(folder, name);
        writeFileSync(file, text);
        const line = execFileSync(process.execPath, [import.meta.filename, file], { encoding: 'utf8' });
        const mebibytes = round(Buffer.byteLength(text) / mebibyte);
        console.log(JSON.stringify({ document: name, operations, mebibytes, ...JSON.parse(line) }));
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Compiles one file, and says what it cost. Throws for a document that does not compile. */
function measure(file: string): Readonly<Record<string, number>> {
  const startMillis = round(performance.now());
  const before = performance.now();
  const contents = readFileSync(file);
  const { service, diagnostics } = compileFiles([{ path: basename(file), contents }], {
    producerProjectId: '',
  });
  const millis = round(performance.now() - before);
  if (service === undefined) throw new Error(diagnostics[0]?.message ?? 'no service');
  const peakRssMebibytes = round(process.resourceUsage().maxRSS / 1024);
  return { startMillis, millis, peakRssMebibytes, methods: service.apis[0]?.methods.length ?? 0 };
}

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** A document as teams write them: descriptions, parameters, a body and a schema of its own for every operation. */
function documentOf(operations: number, bytes: number): Json {
  const paths: Record<string, Json> = {};
  const definitions: Record<string, Json> = {};
  const without = 1_300;
  const description = 'Says what the operation does. '.repeat(
    Math.max(1, (bytes / operations - without) / 30),
  );
  for (let at = 0; at < operations; at++) {
    const reference = { $ref: `#/definitions/thing${at}` };
    paths[`/v1/things${at}/{thingId}/parts`] = {
      post: {
        operationId: `createPart${at}`,
        description,
        security: [{ api_key: [] }],
        parameters: [
          { name: 'thingId', in: 'path', required: true, type: 'string', description: 'Which thing.' },
          { name: 'pageSize', in: 'query', type: 'integer', format: 'int32' },
          { name: 'thing', in: 'body', schema: reference },
        ],
        responses: {
          '200': { description: 'The thing.', schema: reference },
          '404': { description: 'None.' },
        },
      },
    };
    definitions[`thing${at}`] = {
      type: 'object',
      properties: {
        name: { type: 'string', description: 'What it is called.' },
        createdAt: { type: 'string', format: 'date-time' },
        partCount: { type: 'integer', format: 'int64' },
        tags: { type: 'array', items: { type: 'string' } },
        next: { $ref: `#/definitions/thing${(at + 1) % operations}` },
      },
    };
  }
  return {
    swagger: '2.0',
    info: { title: 'A large API', version: '1.0.0' },
    host: 'api.example.com',
    securityDefinitions: { api_key: { type: 'apiKey', name: 'key', in: 'query' } },
    paths,
    definitions,
  };
}

/** Block style with strings in quotes; scalars end their line. */
function toYaml(value: Json, indent: string): string {
  if (typeof value !== 'object') return `${JSON.stringify(value)}\n`;
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]\n';
    return `\n${value.map((item: Json) => `${indent}- ${toYaml(item, deeper).trimStart()}`).join('')}`;
  }
  const entries = Object.entries(value as Readonly<Record<string, Json>>);
  return `\n${entries.map(([key, item]) => `${indent}${JSON.stringify(key)}: ${toYaml(item, deeper)}`).join('')}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
