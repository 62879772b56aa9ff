import type { DescMethodUnary, JsonObject, JsonValue, MessageInitShape } from '@bufbuild/protobuf';
import type { ApiClient } from './api-client.ts';

/** Pages that one command reads at most. */
const maxPages = 1000;

/** What to list and how to page through it. */
export interface Listing<M extends DescMethodUnary> {
  readonly method: M;
  readonly request: MessageInitShape<M['input']>;
  /** Field of the answer that holds the records. */
  readonly field: string;
  /** Records wanted at most; all when absent. */
  readonly limit?: number;
}

/** Reads a list method to its end, page after page. */
export async function listAll<M extends DescMethodUnary>(
  api: ApiClient,
  listing: Listing<M>,
): Promise<JsonObject[]> {
  const records: JsonObject[] = [];
  let pageToken = '';
  for (let page = 0; page < maxPages; page++) {
    // Every list request has a pageToken; the type of an arbitrary method cannot say so.
    const request = { ...listing.request, pageToken } as MessageInitShape<M['input']>;
    const answer = await api.call(listing.method, request);
    records.push(...asObjects(answer[listing.field]));
    pageToken = typeof answer['nextPageToken'] === 'string' ? answer['nextPageToken'] : '';
    if (pageToken === '' || records.length >= (listing.limit ?? Infinity)) break;
  }
  return records.slice(0, listing.limit);
}

function asObjects(value: JsonValue | undefined): JsonObject[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (item): item is JsonObject => typeof item === 'object' && item !== null && !Array.isArray(item),
  );
}
