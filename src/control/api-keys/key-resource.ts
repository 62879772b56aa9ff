import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { KeySchema } from '../../gen/google/api/apikeys/v2/resources_pb.ts';
import type { Key } from '../../gen/google/api/apikeys/v2/resources_pb.ts';
import type { ApiKeyRecord } from '../../store/api-keys.ts';
import type { ProjectRecord } from '../../store/projects.ts';
import { formatKeyEtag } from './key-etag.ts';

/** `projects/NUMBER/locations/global`: API Keys names projects by their number, whatever the request did. */
export function formatKeyParent(project: ProjectRecord): string {
  return `projects/${project.projectNumber}/locations/global`;
}

/** A record as the API shows it; the key string only where asked, for most methods leave it out. */
export function toKey(record: ApiKeyRecord, project: ProjectRecord, withKeyString: boolean): Key {
  return create(KeySchema, {
    name: `${formatKeyParent(project)}/keys/${record.keyId}`,
    uid: record.uid,
    displayName: record.displayName,
    annotations: { ...record.annotations },
    createTime: timestampFromMs(record.createdAtMs),
    updateTime: timestampFromMs(record.updatedAtMs),
    etag: formatKeyEtag(record.revision),
    ...(withKeyString ? { keyString: record.keyString.reveal() } : {}),
    ...(record.restrictions === undefined ? {} : { restrictions: record.restrictions }),
    ...(record.deletedAtMs === undefined ? {} : { deleteTime: timestampFromMs(record.deletedAtMs) }),
  });
}
