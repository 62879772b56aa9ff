import type { Caller } from './rpc/service.ts';

/** How a caller is named in records: its email; `owner` for the holder of the owner's token. */
export function principalOf(caller: Caller): string {
  switch (caller.kind) {
    case 'serviceAccount':
      return caller.email;
    case 'owner':
      return 'owner';
    case 'anonymous':
      return 'allUsers';
    default:
      return caller satisfies never;
  }
}
