import type { HttpClient, HttpResult } from './transport/http-client.ts';

/** What Google Cloud calls the machine that the proxy runs on. */
export type MachinePlatform = 'GAE_FLEX' | 'GKE' | 'GCE';

/** What the metadata server tells reports about the machine. */
export interface MachineAttributes {
  readonly platform: MachinePlatform;
  /** Region, else zone, without its project; '' when the server does not say. */
  readonly location: string;
}

const attributesPath = '/computeMetadata/v1/instance/';
/** Off Google Cloud nobody answers, and every start would wait for it. */
const probeTimeoutMs = 500;
const timeoutMs = 2_000;

/**
 * Asks the metadata server at `url`; undefined where there is none. Never rejects. Source: espv2 gcp_attributes.go,
 * start_esp fetch_service_config.py.
 */
export async function readMachineAttributes(
  url: string,
  http: HttpClient,
): Promise<MachineAttributes | undefined> {
  const origin = url.replace(/\/+$/, '');
  const get = (path: string, withinMs = timeoutMs): Promise<HttpResult> =>
    http.send({
      method: 'GET',
      url: `${origin}${path}`,
      headers: { 'metadata-flavor': 'Google' },
      timeoutMs: withinMs,
    });
  if (!isOk(await get('/', probeTimeoutMs))) return undefined;
  const [region, zone, flex, kubernetes] = await Promise.all(
    ['region', 'zone', 'attributes/gae_server_software', 'attributes/kube-env'].map((name) =>
      get(`${attributesPath}${name}`),
    ),
  );
  return {
    platform: isOk(flex) ? 'GAE_FLEX' : isOk(kubernetes) ? 'GKE' : 'GCE',
    location: lastPart(region) || lastPart(zone),
  };
}

function isOk(result: HttpResult | undefined): result is HttpResult & { readonly kind: 'answer' } {
  return result?.kind === 'answer' && result.status === 200;
}

/** `projects/42/zones/europe-west1-b` → `europe-west1-b`; text of another form says nothing. */
function lastPart(result: HttpResult | undefined): string {
  if (!isOk(result)) return '';
  const text = result.body.toString('utf8').trim();
  return text.includes('/') ? text.slice(text.lastIndexOf('/') + 1) : '';
}
