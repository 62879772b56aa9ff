// Preloaded into a program under measurement: on SIGUSR2 it collects its garbage, so that what is measured is what it
// holds and not what it has not thrown away yet.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: object) => void;
// `last-resort` also gives the pages that it emptied back to the system.
process.on('SIGUSR2', () => collect({ type: 'major', execution: 'sync', flavor: 'last-resort' }));
