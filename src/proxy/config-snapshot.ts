import type { Service } from '../gen/google/api/service_pb.ts';
import type { ClusterConfig, MethodConfig } from './routing/method-config.ts';
import type { RouteTable } from './routing/route-table.ts';

/** One service config compiled for serving: immutable, built whole, swapped atomically. */
export interface ConfigSnapshot {
  readonly serviceName: string;
  readonly configId: string;
  readonly rolloutId: string;
  readonly service: Service;
  readonly routes: RouteTable;
  readonly methods: ReadonlyMap<string, MethodConfig>;
  /** By cluster name. Pools are kept across snapshots when the cluster did not change. */
  readonly clusters: ReadonlyMap<string, ClusterConfig>;
  readonly hasServiceControl: boolean;
}
