// Runs a program for `up`: `node child-main.ts FILE ARGUMENT…`. When `up` is gone, however it went, the program is told
// to end: nothing is left that holds a port.
import { pathToFileURL } from 'node:url';

process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// Listening for its end must not keep a program running that has nothing else to do.
process.channel?.unref();
process.argv.splice(1, 1);
await import(pathToFileURL(process.argv[1] as string).href);
