import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { checkImports } from './check-imports.ts';

function complaintsAbout(files: Readonly<Record<string, string>>): string[] {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-imports-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return checkImports(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

describe('checkImports', () => {
  it('lets a module import what the table allows', () => {
    assert.deepEqual(
      complaintsAbout({
        'src/proxy/a.ts': "import { b } from '../protocol/b.ts';\n",
        'src/protocol/b.ts': 'export const b = 1;\n',
      }),
      [],
    );
  });

  const bad: Array<[name: string, files: Record<string, string>, complaint: RegExp]> = [
    [
      'proxy importing control',
      { 'src/proxy/a.ts': "import { b } from '../control/b.ts';\n", 'src/control/b.ts': '' },
      /proxy may not import control/,
    ],
    [
      'a type import that the table forbids',
      { 'src/core/a.ts': "import type { B } from '../app/b.ts';\n", 'src/app/b.ts': '' },
      /core may not import app/,
    ],
    [
      'a dynamic import that the table forbids',
      { 'src/core/a.ts': "const b = import('../app/b.ts');\n", 'src/app/b.ts': '' },
      /core may not import app/,
    ],
    [
      'a cycle',
      { 'src/core/a.ts': "import './b.ts';\n", 'src/core/b.ts': "import './a.ts';\n" },
      /import cycle: src\/core\/a\.ts -> src\/core\/b\.ts -> src\/core\/a\.ts/,
    ],
    [
      'process.env outside app',
      { 'src/proxy/a.ts': 'export const a = process.env.HOME;\n' },
      /process\.env belongs in src\/app/,
    ],
    ['console outside cli', { 'src/proxy/a.ts': "console.log('a');\n" }, /console belongs in src\/cli/],
    [
      'process.exit outside main.ts',
      { 'src/cli/a.ts': 'process.exit(1);\n' },
      /process\.exit belongs in src\/main\.ts/,
    ],
  ];
  for (const [name, files, complaint] of bad) {
    it(`complains about ${name}`, () => {
      const complaints = complaintsAbout(files);
      assert.equal(complaints.length, 1);
      assert.match(complaints[0] ?? '', complaint);
    });
  }
});
