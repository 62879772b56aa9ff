import { createRegistry, fromJson } from '@bufbuild/protobuf';
import { ConfigError, errorMessage } from '../../core/errors.ts';
import { readNamedFile } from '../../core/read-named-file.ts';
import { type Service, ServiceSchema } from '../../gen/google/api/service_pb.ts';
import { ConfigFileSchema } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';

const hint = 'give a google.api.Service as JSON, as `gatehouse compile` prints it';

/**
 * Reads `--service_json_path`. Unknown fields are ignored, as ESPv2 ignores them: a config may be newer than the proxy.
 * Throws ConfigError for a file that cannot be read or is no service config.
 */
export function readServiceFile(path: string): Service {
  const text = readNamedFile(path, hint).toString('utf8');
  try {
    return fromJson(ServiceSchema, JSON.parse(text), {
      ignoreUnknownFields: true,
      registry: createRegistry(ConfigFileSchema),
    });
  } catch (error) {
    throw new ConfigError(path, `is no service config: ${errorMessage(error)}`, hint, { cause: error });
  }
}
