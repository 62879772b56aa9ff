// Runs the tests: `node scripts/test.ts [glob…]`; without one every *.test.ts beside its source and below test/.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

const allTests = ['{src,sample,scripts,bench,test}/**/*.test.ts'];
const testTimeoutMs = 300_000;

const globs = process.argv.slice(2);
const files = globSync(globs.length > 0 ? globs : allTests, { exclude: ['**/node_modules/**'] }).sort();
if (files.length === 0) {
  console.error(`no test file matches ${globs.join(' ')}`);
  process.exit(2);
}
const run = spawnSync(
  process.execPath,
  ['--test', '--test-concurrency=2', `--test-timeout=${testTimeoutMs}`, ...files],
  {
    stdio: 'inherit',
  },
);
process.exit(run.status ?? 1);
