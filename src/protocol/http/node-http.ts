import type * as http from 'node:http';

/**
 * node:http without what importing it costs a program of ES modules: all names of an imported module are read, and some
 * of this one's are lazy doors to undici and, through it, node:http2 (12 MiB resident and 20 ms in a proxy that uses
 * neither). Whatever a proxy loads takes node:http from here.
 */
export const nodeHttp: typeof http = process.getBuiltinModule('node:http');
