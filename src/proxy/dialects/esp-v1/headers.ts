import { getHeaderValues, setHeader } from '../../../protocol/http/headers.ts';
import type { Exchange } from '../../exchange.ts';

/** nginx with `server_tokens off`. */
export const serverHeader = 'nginx';

const projectIdHeader = 'x-endpoint-api-project-id';

/** The consumer's project number, under the name that v1 always used for it. */
export function consumerHeaders(exchange: Exchange): readonly string[] {
  const projectNumber = exchange.consumer?.projectNumber ?? '';
  return projectNumber === '' ? none : [projectIdHeader, projectNumber];
}

/** As the template of ESP v1's nginx.conf sets them. */
export function setForwardingHeaders(exchange: Exchange): void {
  const { headers, clientAddress } = exchange;
  const forwardedFor = getHeaderValues(headers, 'x-forwarded-for');
  // nginx appends $remote_addr, which its real_ip module has already set to the client's address.
  if (clientAddress !== '') forwardedFor.push(clientAddress);
  if (forwardedFor.length > 0) setHeader(headers, 'x-forwarded-for', forwardedFor.join(', '));
  setHeader(headers, 'x-forwarded-host', exchange.authority);
  setHeader(headers, 'x-forwarded-proto', exchange.scheme);
  if (clientAddress === '') return;
  setHeader(headers, 'x-real-ip', clientAddress);
  setHeader(headers, 'x-google-real-ip', clientAddress);
}

const none: readonly string[] = [];
