/** One row of the comparison. */
export interface BenchCase {
  readonly name: string;
  /** Which file of the backend is fetched. */
  readonly path: '/json' | '/body0' | '/body1k' | '/body64k' | '/body1m';
  readonly tls: boolean;
  readonly protocol: 'http/1.1' | 'h2';
  readonly connections: number;
  readonly streamsPerConnection: number;
  /** Gatehouse also matches the route, checks the key, takes quota and reports. */
  readonly policies: boolean;
  /** What `ratioToNginx` compares: CPU per request (lower is better) or bytes per CPU second (higher is better). */
  readonly ratioOf: 'cpuPerRequest' | 'bytesPerCpuSecond';
}

const plain: Omit<BenchCase, 'name'> = {
  path: '/json',
  tls: false,
  protocol: 'http/1.1',
  connections: 64,
  streamsPerConnection: 1,
  policies: false,
  ratioOf: 'cpuPerRequest',
};

/** The named cases first, then the body sizes. */
export const cases: readonly BenchCase[] = [
  { ...plain, name: 'passthrough' },
  { ...plain, name: 'policies', policies: true },
  { ...plain, name: 'tls', tls: true },
  { ...plain, name: 'body1m', path: '/body1m', connections: 16, ratioOf: 'bytesPerCpuSecond' },
  { ...plain, name: 'h2', protocol: 'h2', connections: 8, streamsPerConnection: 16 },
  { ...plain, name: 'body0', path: '/body0' },
  { ...plain, name: 'body1k', path: '/body1k' },
  { ...plain, name: 'body64k', path: '/body64k', connections: 16, ratioOf: 'bytesPerCpuSecond' },
  { ...plain, name: 'tls-body0', path: '/body0', tls: true },
  { ...plain, name: 'tls-body1k', path: '/body1k', tls: true },
  {
    ...plain,
    name: 'tls-body64k',
    path: '/body64k',
    tls: true,
    connections: 16,
    ratioOf: 'bytesPerCpuSecond',
  },
  { ...plain, name: 'tls-body1m', path: '/body1m', tls: true, connections: 16, ratioOf: 'bytesPerCpuSecond' },
];

/** The cases that run when none is named. */
export const defaultCases: readonly string[] = ['passthrough', 'policies', 'tls', 'body1m', 'h2'];
