import { create } from '@bufbuild/protobuf';
import { anyUnpack } from '@bufbuild/protobuf/wkt';
import type { Any } from '@bufbuild/protobuf/wkt';
import { RpcCode } from '../../core/status.ts';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import {
  ConfigRefSchema,
  ConfigSourceSchema,
} from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import type { ConfigSource, Diagnostic } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { GetServiceConfigRequestSchema } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext } from '../rpc/service.ts';
import { getServiceConfig } from './configs.ts';
import type { ServiceManagementDependencies } from './dependencies.ts';
import { toDiagnostic } from './diagnostics.ts';

/** A config that a report is asked about. */
export interface ConfigOperand {
  /** Undefined when its files do not compile. */
  readonly service: Service | undefined;
  /** What the compiler says of its files. */
  readonly diagnostics: readonly Diagnostic[];
  /** The config is one that the service has. */
  readonly isStored: boolean;
}

/**
 * Reads what GenerateConfigReport compares: a ConfigRef (`services/S/configs/C`, or `services/S` for the one in use), a ConfigSource
 * or a whole Service. Throws INVALID_ARGUMENT for anything else, and what GetServiceConfig throws.
 */
export async function readConfigOperand(
  deps: ServiceManagementDependencies,
  field: 'new_config' | 'old_config',
  packed: Any,
  context: CallContext,
): Promise<ConfigOperand> {
  const message = unpack(field, packed);
  switch (message.$typeName) {
    case 'google.api.Service':
      return { service: message, diagnostics: [], isStored: false };
    case 'google.api.servicemanagement.v1.ConfigSource':
      return compileSource(deps, field, message);
    case 'google.api.servicemanagement.v1.ConfigRef': {
      const reference = parseReference(field, message.name);
      const request = create(GetServiceConfigRequestSchema, reference);
      const service = await getServiceConfig(deps, request, context);
      return { service, diagnostics: [], isStored: true };
    }
    default:
      return message satisfies never;
  }
}

function unpack(field: string, packed: Any): ReturnType<typeof unpackKnown> & object {
  try {
    const message = unpackKnown(packed);
    if (message !== undefined) return message;
  } catch (error) {
    throw new RpcError(RpcCode.INVALID_ARGUMENT, `${field} cannot be decoded.`, { cause: error });
  }
  throw invalid(
    `${field} must be a ConfigRef, a ConfigSource or a google.api.Service, not '${packed.typeUrl}'.`,
  );
}

function unpackKnown(packed: Any) {
  return (
    anyUnpack(packed, ConfigRefSchema) ??
    anyUnpack(packed, ConfigSourceSchema) ??
    anyUnpack(packed, ServiceSchema)
  );
}

function compileSource(
  deps: ServiceManagementDependencies,
  field: string,
  { files }: ConfigSource,
): ConfigOperand {
  if (files.length === 0) throw invalid(`${field} must have at least one file.`);
  const sources = files.map((file) => ({ path: file.filePath, contents: file.fileContents }));
  const { service, diagnostics } = deps.compile(sources, { producerProjectId: '' });
  return { service, diagnostics: diagnostics.map(toDiagnostic), isStored: false };
}

function parseReference(field: string, name: string): { serviceName: string; configId: string } {
  const match = /^services\/([^/]+)(?:\/configs\/([^/]+))?$/.exec(name);
  if (match === null)
    throw invalid(
      `${field} names '${name}'; it must be services/SERVICE/configs/CONFIG or services/SERVICE.`,
    );
  return { serviceName: match[1] as string, configId: match[2] ?? '' };
}

function invalid(message: string): RpcError {
  return new RpcError(RpcCode.INVALID_ARGUMENT, message);
}
