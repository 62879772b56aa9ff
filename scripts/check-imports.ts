// Fails on an import that the architecture does not allow, on a cycle between modules, on `process.env` outside
// src/app and on `console` outside src/cli. The table below is the one of ARCHITECTURE.md, as data.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** Which modules (folders of src) each module may import from, besides itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: ['gen'],
  gen: [],
  telemetry: ['core', 'gen'],
  protocol: ['core', 'gen', 'telemetry'],
  'service-config': ['protocol', 'core', 'gen'],
  'service-control': ['protocol', 'telemetry', 'core', 'gen'],
  store: ['core', 'gen', 'telemetry'],
  proxy: ['service-config', 'service-control', 'protocol', 'telemetry', 'core', 'gen'],
  control: ['service-config', 'service-control', 'store', 'protocol', 'telemetry', 'core', 'gen'],
  policy: ['service-config', 'service-control', 'protocol', 'telemetry', 'core', 'gen'],
  mesh: ['core', 'gen', 'protocol'],
  console: ['core'],
  app: [
    'console',
    'policy',
    'mesh',
    'control',
    'proxy',
    'store',
    'service-config',
    'service-control',
    'protocol',
    'telemetry',
    'core',
    'gen',
  ],
  cli: ['app', 'service-config', 'protocol', 'telemetry', 'core', 'gen'],
  'main.ts': ['cli', 'core'],
};

const importPattern =
  /(?:^|\n)(?:import|export)\s(?:[^'";()]*?\bfrom\s+)?['"](\.[^'"]+)['"]|import\(\s*['"](\.[^'"]+)['"]\s*\)/g;

/** All complaints about the tree below `root`, one line each. */
export function checkImports(root: string): string[] {
  const files = globSync('src/**/*.ts', { cwd: root }).filter((file) => !file.startsWith('src/gen/'));
  const graph = new Map<string, string[]>();
  const complaints: string[] = [];
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8');
    const targets: string[] = [];
    for (const match of text.matchAll(importPattern)) {
      const target = normalize(join(dirname(file), (match[1] ?? match[2]) as string));
      if (!target.startsWith('src/')) {
        if (file.endsWith('.test.ts') && target.startsWith('test/helpers/')) continue;
        complaints.push(`${file}: imports ${target}, which is outside src`);
        continue;
      }
      const [from, to] = [moduleOf(file), moduleOf(target)];
      if (from !== to && !(allowed[from] ?? []).includes(to))
        complaints.push(`${file}: ${from} may not import ${to} (${target})`);
      if (!/import type [^;]*$/.test(match[0]) && !target.startsWith('src/gen/')) targets.push(target);
    }
    graph.set(file, targets);
    if (file.endsWith('.test.ts')) continue;
    const module = moduleOf(file);
    const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
    if (module !== 'app' && /\bprocess\.env\b/.test(code))
      complaints.push(`${file}: process.env belongs in src/app`);
    if (module !== 'cli' && /\bconsole\.\w+\(/.test(code))
      complaints.push(`${file}: console belongs in src/cli`);
    if (module !== 'main.ts' && /\bprocess\.exit\(/.test(code))
      complaints.push(`${file}: process.exit belongs in src/main.ts`);
  }
  return [...complaints, ...cycles(graph)];
}

function moduleOf(file: string): string {
  return file.split('/')[1] as string;
}

function cycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      found.push(`import cycle: ${[...path.slice(path.indexOf(file)), file].join(' -> ')}`);
      return;
    }
    state.set(file, 'open');
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}

if (import.meta.main) {
  const complaints = checkImports(process.cwd());
  for (const complaint of complaints) console.error(complaint);
  process.exit(complaints.length > 0 ? 1 : 0);
}
