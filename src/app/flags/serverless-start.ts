/** What the environment of a serverless container says about starting. */
export type ServerlessStart =
  | { readonly kind: 'arguments'; readonly argv: readonly string[] }
  /** Nothing can be served: clients are told why, for a container that ends would only be started again. */
  | { readonly kind: 'explain'; readonly port: number; readonly problem: string };

type Variables = Readonly<Record<string, string | undefined>>;

const maxPort = 65_535;
/** Set by Cloud Run itself. */
const platformVariable = 'K_SERVICE';
const ownVariables = [
  'ENDPOINTS_SERVICE_PATH',
  'ENDPOINTS_SERVICE_NAME',
  'ENDPOINTS_SERVICE_VERSION',
  'ESPv2_ARGS',
];

/**
 * The command line that ESPv2's serverless image makes of its environment; undefined where the environment is none of a
 * serverless container. Source: espv2 env_start_proxy.py.
 */
export function readServerlessStart(variables: Variables): ServerlessStart | undefined {
  const port = Number(variables['PORT'] ?? '');
  const isMeant = [...ownVariables, platformVariable].some((name) => Boolean(variables[name]));
  if (!isMeant || !Number.isInteger(port) || port < 1 || port > maxPort) return undefined;
  const service = serviceFlags(variables);
  if (service === undefined)
    return {
      kind: 'explain',
      port,
      problem: 'Neither ENDPOINTS_SERVICE_NAME nor ENDPOINTS_SERVICE_PATH is set.',
    };
  const extra = splitArguments(variables['ESPv2_ARGS'] ?? '');
  if (extra === undefined)
    return { kind: 'explain', port, problem: 'ESPv2_ARGS is malformed: its delimiter is empty.' };
  return {
    kind: 'arguments',
    argv: ['--runtime_version=2', '--on_serverless', `--http_port=${port}`, ...service, ...extra],
  };
}

function serviceFlags(variables: Variables): string[] | undefined {
  const path = variables['ENDPOINTS_SERVICE_PATH'];
  if (path) return ['--rollout_strategy=fixed', `--service_json_path=${path}`];
  const name = variables['ENDPOINTS_SERVICE_NAME'];
  if (!name) return undefined;
  const version = variables['ENDPOINTS_SERVICE_VERSION'];
  const rollout = version
    ? ['--rollout_strategy=fixed', `--version=${version}`]
    : ['--rollout_strategy=managed'];
  return [`--service=${name}`, ...rollout];
}

/** Commas, or `^DELIMITER^` in front, part the items; nothing is trimmed. Undefined for an empty delimiter. */
function splitArguments(text: string): string[] | undefined {
  if (text === '') return [];
  const [whole, delimiter] = /^\^([^^]*)\^/.exec(text) ?? ['', ','];
  return delimiter === '' ? undefined : text.slice(whole.length).split(delimiter as string);
}
