import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HarnessFlags } from './gateway-harness.ts';

/** The form of the lines of unit-cases.jsonl, by suite. */
export interface CaseForms {
  template: {
    readonly template: string;
    readonly segments: readonly string[];
    readonly verb: string;
    readonly variables: ReadonlyArray<readonly [fieldPath: string, start: number, end: number]>;
  };
  'template-refused': { readonly template: string };
  match: {
    readonly templates: readonly string[];
    readonly path: string;
    readonly template: string | null;
    readonly bindings?: readonly string[];
  };
  order: { readonly rows: readonly string[]; readonly sorted: readonly string[] };
  duplicate: { readonly rows: readonly string[]; readonly pattern: string };
  matcher: { readonly template: string; readonly paths?: readonly string[]; readonly regex?: string };
  forwarded: { readonly fields: readonly string[]; readonly client: string | null };
  'method-override': { readonly method: string; readonly override: string | null; readonly expected: string };
  rewrite: {
    readonly translation: string;
    readonly address: string;
    readonly target: string;
    readonly backendTarget: string;
    readonly originalPath?: string;
  };
  'rewrite-refused': {
    readonly target?: string;
    readonly targetBytes?: number;
    readonly status: number;
    readonly message: string;
    readonly details: string;
  };
  'rewrite-mismatch': { readonly template: string; readonly target: string };
  'dynamic-routing': {
    readonly method: string;
    readonly target: string;
    readonly normalized: boolean;
    readonly redirectEscapedSlashes?: boolean;
    readonly backendTarget?: string;
    readonly status?: number;
    readonly location?: string;
  };
  exchange: {
    readonly allowCors?: boolean;
    readonly flags?: HarnessFlags;
    readonly request: {
      readonly method: string;
      readonly target: string;
      readonly headers?: readonly string[];
    };
    /** What the backend answers with; absent: it must not be reached. */
    readonly backend?: { readonly status: number; readonly headers?: readonly string[] };
    readonly expect: {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly absent?: readonly string[];
      readonly message?: string;
      readonly backendHeaders?: Readonly<Record<string, string>>;
      readonly operation?: string;
      readonly checks?: number;
    };
  };
}

export type Suite = keyof CaseForms;

/** One line of the data. */
export type Case<S extends Suite = Suite> = S extends Suite
  ? { readonly suite: S; readonly name: string } & CaseForms[S]
  : never;

const folder = import.meta.dirname;

/** All cases, in order of the file. */
export function readCases(): readonly Case[] {
  const lines = readFileSync(join(folder, 'unit-cases.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Case);
}
