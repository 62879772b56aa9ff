import { isToken } from './octets.ts';

/** What the options of a `Connection` field ask for (RFC 9110 §7.6.1). */
export interface ConnectionOptions {
  readonly close: boolean;
  readonly keepAlive: boolean;
  readonly upgrade: boolean;
  /** Names of fields that end at this hop, lower case; without the options above. */
  readonly nominated: readonly string[];
}

/** Ten options and more are an attack on header removal. Source: Envoy. */
const maxOptions = 9;
/** Fields that a peer may not have removed by nominating them: they say who it is. Source: Envoy. */
const protectedNames: ReadonlySet<string> = new Set([
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
]);

const none: readonly string[] = [];
/** A message without `Connection`. */
export const noConnectionOptions: ConnectionOptions = {
  close: false,
  keepAlive: false,
  upgrade: false,
  nominated: none,
};
const onlyKeepAlive: ConnectionOptions = { ...noConnectionOptions, keepAlive: true };
const onlyClose: ConnectionOptions = { ...noConnectionOptions, close: true };

/** Reads the value of `Connection` (repeated fields joined by commas); undefined when it must be refused. */
export function parseConnectionOptions(value: string): ConnectionOptions | undefined {
  if (value === 'keep-alive' || value === 'Keep-Alive') return onlyKeepAlive;
  if (value === 'close') return onlyClose;
  return parseOptionList(value);
}

function parseOptionList(value: string): ConnectionOptions | undefined {
  const found = { close: false, keepAlive: false, upgrade: false };
  const nominated: string[] = [];
  let count = 0;
  for (const element of value.split(',')) {
    const option = element.trim().toLowerCase();
    if (option === '') continue;
    if (++count > maxOptions || !isToken(option) || protectedNames.has(option)) return undefined;
    if (option === 'close') found.close = true;
    else if (option === 'keep-alive') found.keepAlive = true;
    else if (option === 'upgrade') found.upgrade = true;
    else nominated.push(option);
  }
  return { ...found, nominated };
}
