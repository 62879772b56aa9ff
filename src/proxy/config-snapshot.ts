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
  /** `control.environment` is set: methods are checked and reported. */
  readonly hasServiceControl: boolean;
  /** Some backend speaks gRPC: transcoding and gRPC-Web are on, and reports say `backend_protocol` grpc. */
  readonly requiresGrpc: boolean;
  /** `endpoints[].allow_cors` of the endpoint that has the service's name. */
  readonly allowsCors: boolean;
  /** Some operation translates paths: every request's target is checked for that. Absent: none does. */
  readonly rewritesPaths?: boolean;
  /** Name of the cluster of `--backend`. */
  readonly localCluster: string;
}
