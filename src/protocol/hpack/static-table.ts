import type { FieldEntry } from './field-entry.ts';
import { createFieldEntry, FieldFault } from './field-entry.ts';

/** Name, or name and value; an entry for each line. */
const lines = `:authority
:method GET
:method POST
:path /
:path /index.html
:scheme http
:scheme https
:status 200
:status 204
:status 206
:status 304
:status 400
:status 404
:status 500
accept-charset
accept-encoding gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate`.split('\n');

/** The static table (RFC 7541 appendix A): the entry of index 1 is the first one. */
export const staticTable: readonly FieldEntry[] = lines.map((line) => {
  const [name = '', ...words] = line.split(' ');
  return createFieldEntry(internalize(name), internalize(words.join(' ')), FieldFault.NONE);
});

/** V8 keeps one string for each property name: comparing it with a literal is comparing pointers. */
function internalize(text: string): string {
  return Object.keys({ [text]: true })[0] as string;
}
