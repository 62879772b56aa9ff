import { createRegistry } from '@bufbuild/protobuf';
import type { DescFile, DescService, Registry } from '@bufbuild/protobuf';
import { file_google_rpc_error_details } from '../../gen/google/rpc/error_details_pb.ts';

/** Every message that the services or what they import define: what an Any may hold in JSON. */
export function createTypeRegistry(
  services: readonly DescService[],
  additionalFiles: readonly DescFile[] = [],
): Registry {
  const files = new Set<DescFile>();
  const add = (file: DescFile): void => {
    if (files.has(file)) return;
    files.add(file);
    file.dependencies.forEach(add);
  };
  for (const service of services) add(service.file);
  for (const file of [file_google_rpc_error_details, ...additionalFiles]) add(file);
  return createRegistry(...files);
}
