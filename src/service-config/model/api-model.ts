import type { AuthProvider, AuthRequirement } from '../../gen/google/api/auth_pb.ts';
import type { BackendRule } from '../../gen/google/api/backend_pb.ts';
import type { Endpoint } from '../../gen/google/api/endpoint_pb.ts';
import type { MetricDescriptor } from '../../gen/google/api/metric_pb.ts';
import type { MetricRule, QuotaLimit } from '../../gen/google/api/quota_pb.ts';
import type { MappingNode, SourceNode, SourcePlace } from '../source/source-node.ts';

/**
 * One OpenAPI document, neutral of its version: what the readers of OpenAPI 2.0 and 3.x make and `emit/` turns into a
 * `google.api.Service`. Parts that the config holds as they are stand here as its messages; their selectors are empty.
 */
export interface ApiModel {
  /** Base name of the file. */
  readonly fileName: string;
  readonly root: MappingNode;
  readonly host: string;
  /** Where the document says its host; undefined when it does not. */
  readonly hostPlace: SourcePlace | undefined;
  readonly title: string;
  readonly summary: string | undefined;
  /** `info.version` as written. */
  readonly version: string;
  /** `1.echo_api_endpoints_p_cloud_goog`. */
  readonly name: string;
  readonly isDeprecated: boolean;
  /** What references to types start with: `#/definitions/` or `#/components/schemas/`. */
  readonly definitionsPrefix: string;
  /** Whether the document has the section that the prefix names. */
  readonly hasDefinitions: boolean;
  /** Undefined: the document says nothing, the default applies. */
  readonly endpoint: Endpoint | undefined;
  readonly providers: readonly AuthProvider[];
  readonly metrics: readonly MetricDescriptor[];
  readonly quotaLimits: readonly QuotaLimit[];
  readonly operations: readonly OperationModel[];
}

/** One operation, which becomes one method. */
export interface OperationModel {
  /** `f.yaml: Operation 'get' in path '/p'`. */
  readonly location: string;
  readonly place: SourcePlace;
  /** Lower-case HTTP verb. */
  readonly verb: string;
  /** Path as the document writes it, without the base path. */
  readonly path: string;
  /** Url template of the http rule: base path and path, variables in snake case. */
  readonly template: string;
  readonly methodName: string;
  /** `unrecognized`: made for `x-google-allow: all` and `x-gatehouse-allow: all`. */
  readonly origin: 'declared' | 'unrecognized';
  readonly isDeprecated: boolean;
  readonly parameters: readonly ParameterModel[];
  readonly response: ResponseModel;
  readonly security: OperationSecurity;
  /** Undefined: neither the operation nor its document has `x-google-backend`. */
  readonly backend: BackendRule | undefined;
  /** Undefined: the operation costs no quota. */
  readonly metricCosts: MetricRule | undefined;
}

export interface ParameterModel {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie' | 'formData' | 'body';
  /** Undefined when the document gives no type. */
  readonly schema: SourceNode | undefined;
  readonly place: SourcePlace;
}

/** What a method answers: nothing, exactly one schema, or anything. */
export type ResponseModel =
  | { readonly kind: 'empty' }
  | { readonly kind: 'schema'; readonly schema: SourceNode }
  | { readonly kind: 'value' };

/** Who may call. */
export interface OperationSecurity {
  readonly requiresApiKey: boolean;
  /** JWT requirements, any one of which suffices. Undefined: no authentication rule at all. */
  readonly requirements: readonly AuthRequirement[] | undefined;
}
