// Holds idle connections: `node idle-clients.ts PORT COUNT`. Each asks once; the line `open N` says that N were answered
// with 200 and are still open. Ends when its input ends.
import { connect, type Socket } from 'node:net';

const [port, count] = process.argv.slice(2).map(Number) as [number, number];
/** Connections being opened at once. */
const lanes = 64;
const requestBytes = Buffer.from(`GET /json HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`);

const open = new Set<Socket>();
let started = 0;

await Promise.all(
  Array.from({ length: lanes }, async () => {
    while (started < count) {
      started++;
      await openOne();
    }
  }),
);
process.stdout.write(`open ${open.size}\n`);
process.stdin.resume().on('end', () => {
  for (const socket of open) socket.destroy();
});

/** Resolves when the answer is there, or the connection is not. */
function openOne(): Promise<void> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(requestBytes));
    socket.on('error', (error) => void process.stderr.write(`${error.message}\n`));
    socket.on('close', () => {
      open.delete(socket);
      resolve();
    });
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (!isWhole(text)) return;
      if (text.startsWith('HTTP/1.1 200 ')) open.add(socket);
      socket.removeAllListeners('data').resume();
      resolve();
    });
  });
}

function isWhole(text: string): boolean {
  const headEnd = text.indexOf('\r\n\r\n');
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  return headEnd >= 0 && length !== undefined && text.length >= headEnd + 4 + Number(length);
}
