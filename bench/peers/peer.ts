import type { BenchCase } from '../cases.ts';
import type { Running } from '../processes.ts';

/** What a peer gets to know to serve one case. */
export interface PeerContext {
  readonly benchCase: BenchCase;
  readonly backendPort: number;
  /** A folder of its own, removed after the run. */
  readonly scratch: string;
  /** PEM files for TLS, RSA 2048, made for the run. */
  readonly certFile: string;
  readonly keyFile: string;
  /** Base URL of the Service Control stand-in, for the case with policies. */
  readonly serviceControlUrl: string;
}

/** A running peer. */
export interface StartedPeer {
  readonly port: number;
  readonly running: Running;
  /** Header lines that each request needs. */
  readonly headers: readonly string[];
}

/** A proxy that can be measured. */
export interface Peer {
  readonly name: string;
  /** Undefined when it can run here, else why not. */
  unavailable(): string | undefined;
  /** Whether it has what the case needs. */
  serves(benchCase: BenchCase): boolean;
  start(context: PeerContext): Promise<StartedPeer>;
}
