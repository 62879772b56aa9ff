import { BackendRule_PathTranslation } from '../../../gen/google/api/backend_pb.ts';
import type { BackendRule } from '../../../gen/google/api/backend_pb.ts';
import type { Service } from '../../../gen/google/api/service_pb.ts';
import { parseBackendAddress, toBackendProtocol } from '../backend-address.ts';
import type { BackendAddress, BackendProtocol } from '../backend-address.ts';
import type { ClusterConfig, MethodBackend, PathTranslation } from '../method-config.ts';
import type { SnapshotOptions } from '../snapshot-options.ts';
import type { ApiMethod } from './api-methods.ts';
import type { Findings } from './findings.ts';
import { SelectorRules } from './selector-rules.ts';

/** The backends of one method. */
export interface MethodBackends {
  readonly main: MethodBackend;
  /** For the rows of http.rules, where `overrides_by_request_protocol["http"]` names another one. */
  readonly http: MethodBackend | undefined;
}

interface Target extends BackendProtocol {
  readonly cluster: string;
  readonly address: BackendAddress;
}

const millisecondsPerSecond = 1_000;
/** An idle limit leaves the deadline this much room, so that clients see 504 and not 408. Source: espv2 util. */
const idleMarginMs = 1_000;

/** Compiles `backend.rules` and `--backend` into clusters and the backend of every method. */
export class BackendCompiler {
  readonly clusters: Map<string, ClusterConfig> = new Map<string, ClusterConfig>();
  readonly localCluster: string;
  /**
   * Some backend in use speaks gRPC.
   * Differs from ESPv2: its scan of the rules ends at the first one without an address.
   */
  requiresGrpc = false;
  readonly #options: SnapshotOptions;
  readonly #findings: Findings;
  readonly #rules: SelectorRules<BackendRule>;
  readonly #local: Target | undefined;
  readonly #protocols = new Map<string, BackendProtocol>();

  constructor(service: Service, options: SnapshotOptions, findings: Findings) {
    this.#options = options;
    this.#findings = findings;
    this.#rules = new SelectorRules(service.backend?.rules);
    this.localCluster = `backend-cluster-${service.name}_local`;
    this.#local = this.#addTarget('--backend', {
      name: this.localCluster,
      text: options.backend,
      protocol: '',
    });
  }

  /** Undefined when an error was found. */
  compile(method: ApiMethod): MethodBackends | undefined {
    const rule = this.#rules.find(method.selector);
    const isRemote = rule !== undefined && rule.address !== '' && this.#options.backendRouting;
    const target = isRemote ? this.#remoteTarget(rule, method.selector) : this.#local;
    if (target === undefined) return undefined;
    const main: MethodBackend = {
      cluster: target.cluster,
      protocol: target.protocol,
      pathTranslation: isRemote ? this.#pathTranslation(rule, target.address) : undefined,
      hostRewrite: isRemote ? hostOf(target.address) : undefined,
      ...this.#timeouts(rule?.deadline ?? 0, method.isStreaming),
      jwtAudience: this.#audience(rule),
    };
    return { main, http: this.#httpOverride(rule, main, method.selector) };
  }

  /** The local backend, with the default timeouts. */
  local(): MethodBackend {
    return {
      cluster: this.localCluster,
      protocol: this.#local?.protocol ?? 'http/1.1',
      pathTranslation: undefined,
      hostRewrite: undefined,
      ...this.#timeouts(0, false),
      jwtAudience: undefined,
    };
  }

  #remoteTarget(rule: BackendRule, selector: string): Target | undefined {
    return this.#addTarget(`backend rule for '${selector}'`, {
      name: undefined,
      text: rule.address,
      protocol: rule.protocol,
    });
  }

  /**
   * Rules with one host and port share a cluster; the first one's protocol counts. Source: espv2 cluster_generator.
   * Differs from ESPv2: one with TLS and one without share none, so that nothing goes out in clear that must not.
   */
  #addTarget(
    location: string,
    wanted: { name: string | undefined; text: string; protocol: string },
  ): Target | undefined {
    const isLocal = wanted.name !== undefined;
    const parsed = parseBackendAddress(wanted.text, isLocal ? 'http' : 'https');
    if (parsed.kind === 'error') return this.#refuse(location, parsed.problem);
    const { address } = parsed;
    const protocol = toBackendProtocol(address.scheme, wanted.protocol);
    if (protocol.kind === 'error') return this.#refuse(location, protocol.problem);
    const shared = wanted.name ?? `backend-cluster-${address.host}:${address.port}`;
    const isOther = (this.#protocols.get(shared)?.tls ?? protocol.tls) !== protocol.tls;
    const cluster = isOther ? `${shared}_${protocol.tls ? 'tls' : 'clear'}` : shared;
    const first = this.#protocols.get(cluster);
    if (first !== undefined) return { cluster, address, ...first };
    this.#protocols.set(cluster, { protocol: protocol.protocol, tls: protocol.tls });
    this.clusters.set(cluster, toCluster(cluster, address, protocol));
    if (protocol.protocol === 'grpc') this.requiresGrpc = true;
    return { cluster, address, protocol: protocol.protocol, tls: protocol.tls };
  }

  #refuse(location: string, problem: string): undefined {
    this.#findings.error('bad-backend-address', location, problem);
    return undefined;
  }

  #pathTranslation(rule: BackendRule, address: BackendAddress): PathTranslation | undefined {
    switch (rule.pathTranslation) {
      case BackendRule_PathTranslation.APPEND_PATH_TO_ADDRESS:
        return address.path === '' ? undefined : { kind: 'append', prefix: address.path };
      case BackendRule_PathTranslation.CONSTANT_ADDRESS:
        return {
          kind: 'constant',
          path: address.path === '' ? '/' : address.path,
          bindingsFirst: this.#options.constantPathBindingsFirst,
        };
      default:
        return undefined;
    }
  }

  #httpOverride(
    rule: BackendRule | undefined,
    main: MethodBackend,
    selector: string,
  ): MethodBackend | undefined {
    const override = rule?.overridesByRequestProtocol['http'];
    if (override === undefined || !this.#options.backendRouting) return undefined;
    const location = `http backend override for '${selector}'`;
    if (override.address === '') return this.#refuse(location, 'empty address');
    if (/^grpcs?:/i.test(override.address))
      return this.#refuse(location, 'gRPC protocol conflicted with http backend');
    const { address: text, protocol } = override;
    const target = this.#addTarget(location, { name: undefined, text, protocol });
    if (target === undefined) return undefined;
    return {
      cluster: target.cluster,
      protocol: target.protocol,
      pathTranslation: undefined,
      hostRewrite: this.#options.allowHostRewriteForHttpBackend ? hostOf(target.address) : undefined,
      ...this.#timeouts(override.deadline, false),
      jwtAudience: main.jwtAudience,
    };
  }

  /** Source: espv2 util.CalculateStreamIdleTimeout, BackendRule.deadline (seconds). */
  #timeouts(deadlineSeconds: number, isStreaming: boolean): { deadlineMs: number; idleTimeoutMs: number } {
    const { defaultDeadlineMs, streamIdleTimeoutMs } = this.#options;
    const configuredMs = Math.max(0, Math.round(deadlineSeconds * millisecondsPerSecond));
    if (isStreaming && configuredMs > 0) return { deadlineMs: 0, idleTimeoutMs: configuredMs };
    const deadlineMs = configuredMs > 0 ? configuredMs : defaultDeadlineMs;
    const idleTimeoutMs = Math.max(deadlineMs + idleMarginMs, streamIdleTimeoutMs);
    return { deadlineMs: isStreaming ? 0 : deadlineMs, idleTimeoutMs };
  }

  /** Taken from the rule even where requests go to the local backend. Source: espv2 backend auth generator. */
  #audience(rule: BackendRule | undefined): string | undefined {
    if (rule === undefined || !this.#options.backendAuthentication) return undefined;
    if (rule.authentication.case === 'jwtAudience') return rule.authentication.value;
    if (rule.authentication.case === 'disableAuth' && rule.authentication.value) return undefined;
    if (rule.address === '') return undefined;
    const parsed = parseBackendAddress(rule.address);
    if (parsed.kind === 'error') return undefined;
    const isTls = parsed.address.scheme === 'https' || parsed.address.scheme === 'grpcs';
    return `${isTls ? 'https' : 'http'}://${hostOf(parsed.address) ?? ''}`;
  }
}

function toCluster(name: string, address: BackendAddress, protocol: BackendProtocol): ClusterConfig {
  return {
    name,
    scheme: protocol.tls ? 'https' : 'http',
    protocol: protocol.protocol === 'http/1.1' ? 'http/1.1' : 'h2',
    host: address.host,
    port: address.port,
    isUnixSocket: address.scheme === 'unix',
  };
}

/** The host as a Host header has it, without port. */
function hostOf(address: BackendAddress): string | undefined {
  if (address.scheme === 'unix') return undefined;
  return address.host.includes(':') ? `[${address.host}]` : address.host;
}
