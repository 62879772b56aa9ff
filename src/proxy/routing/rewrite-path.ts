import type { PathTranslation } from './method-config.ts';

/** Why a path cannot be rewritten. */
export interface PathRewriteRejection {
  readonly httpStatus: 400;
  readonly message: string;
  readonly responseCodeDetails: string;
}

/** Longest path and query that a service with path translation takes. Source: espv2 path_rewrite filter. */
const maxRewritablePathBytes = 8_192;

const missingPath: PathRewriteRejection = {
  httpStatus: 400,
  message: 'No path in request headers',
  responseCodeDetails: 'path_rewrite_bad_request{MISSING_PATH}',
};
const oversizePath: PathRewriteRejection = {
  httpStatus: 400,
  message: `Path is too long, max allowed size is ${maxRewritablePathBytes}.`,
  responseCodeDetails: 'path_rewrite_bad_request{OVERSIZE_PATH}',
};
const fragmentInPath: PathRewriteRejection = {
  httpStatus: 400,
  message: 'Path cannot contain fragment identifier (#)',
  responseCodeDetails: 'path_rewrite_bad_request{PATH_WITH_FRAGMENT_IDENTIFIER}',
};

/**
 * What is wrong with a target (path and query) where a config rewrites paths; undefined for a good one. It is asked of
 * every request of such a config, also of operations without a translation. Source: espv2 path_rewrite filter.
 */
export function checkRewritableTarget(target: string): PathRewriteRejection | undefined {
  if (target === '') return missingPath;
  if (target.length > maxRewritablePathBytes) return oversizePath;
  return target.includes('#') ? fragmentInPath : undefined;
}

/**
 * The target for the backend: path and query. `query` is without its mark, undefined when there was none. `bindings`
 * are those of the route match; their text is copied as it came, percent-encoded or not.
 * Source: google.api.BackendRule.PathTranslation, espv2 path_rewrite config_parser.cc.
 */
export function rewriteTarget(
  translation: PathTranslation,
  request: {
    readonly path: string;
    readonly query: string | undefined;
    readonly bindings: readonly string[];
  },
): string {
  const { path, query, bindings } = request;
  switch (translation.kind) {
    case 'append':
      return query === undefined ? translation.prefix + path : `${translation.prefix}${path}?${query}`;
    case 'constant': {
      const variables = variablesQuery(bindings, translation.queryNames);
      const own = query ?? '';
      const [first, second] = translation.bindingsFirst === true ? [variables, own] : [own, variables];
      if (first === '' && second === '')
        return query === undefined ? translation.path : `${translation.path}?`;
      return `${translation.path}?${first}${first !== '' && second !== '' ? '&' : ''}${second}`;
    }
    default:
      translation satisfies never;
      throw new TypeError('unknown path translation');
  }
}

function variablesQuery(
  bindings: readonly string[],
  queryNames: ReadonlyMap<string, string> | undefined,
): string {
  let query = '';
  for (let i = 0; i < bindings.length; i += 2) {
    const fieldPath = bindings[i] as string;
    query += `${i === 0 ? '' : '&'}${queryNames?.get(fieldPath) ?? fieldPath}=${bindings[i + 1] as string}`;
  }
  return query;
}
