// Runs a program for `up`: `node child-main.ts FILE PRELOAD`. It loads PRELOAD, waits to be told the program's arguments,
// and runs FILE with them. When `up` is gone, however it went, the program is told to end: nothing is left that holds a
// port.
import { once } from 'node:events';
import { enableCompileCache } from 'node:module';
import { pathToFileURL } from 'node:url';

enableCompileCache();

process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
const [, , file, preload] = process.argv as [string, string, string, string];
const told = once(process, 'message');
await import(pathToFileURL(preload).href);
const [args] = (await told) as [readonly string[]];
// Listening for its end must not keep a program running that has nothing else to do.
process.channel?.unref();
process.argv.splice(1, Infinity, file, ...args);
await import(pathToFileURL(file).href);
