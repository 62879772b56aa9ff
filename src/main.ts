#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Before the first import of ours: the compiled code of the next start is found on disk.
enableCompileCache();

const [command = ''] = process.argv.slice(2);
const { main } =
  command === 'proxy' ? await import('./cli/run/proxy-main.ts') : await import('./cli/run/cli-main.ts');
process.exit(await main(process.argv.slice(2)));
