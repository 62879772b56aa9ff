import { formatRevisionEtag } from '../iam/revision-etag.ts';

/** The etag of a key's revision, weak as API Keys writes it: `W/"base64=="`. */
export function formatKeyEtag(revision: number): string {
  return `W/"${Buffer.from(formatRevisionEtag(revision)).toString('base64')}"`;
}
