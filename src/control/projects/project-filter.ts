import { RpcCode } from '../../core/status.ts';
import type { ProjectRecord } from '../../store/projects.ts';
import { RpcError } from '../rpc/rpc-error.ts';

/** Whether a project is wanted. */
export type ProjectFilter = (record: ProjectRecord) => boolean;

/**
 * Reads the filter of projects.list: terms such as `lifecycleState:ACTIVE id:shop-* labels.team=a`, all of which must
 * hold; `*` stands for any text. Throws INVALID_ARGUMENT for other fields and forms.
 */
export function parseProjectFilter(text: string): ProjectFilter {
  const terms = text
    .split(/\s+/)
    .filter((term) => term !== '' && term !== 'AND')
    .map(parseTerm);
  return (record) => terms.every((term) => term(record));
}

function parseTerm(term: string): ProjectFilter {
  const match = /^([A-Za-z_.-]+)[:=]("?)([^"]*)\2$/.exec(term);
  const [, name = '', , value = ''] = match ?? [];
  const read = match === null ? undefined : reader(name);
  if (read === undefined)
    throw new RpcError(RpcCode.INVALID_ARGUMENT, `Invalid filter term ${JSON.stringify(term)}.`);
  const parts = value.toLowerCase().split('*');
  return (record) => matches((read(record) ?? '').toLowerCase(), parts);
}

function reader(name: string): ((record: ProjectRecord) => string | undefined) | undefined {
  if (name.startsWith('labels.')) {
    const key = name.slice('labels.'.length);
    return ({ labels }) => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  }
  switch (name) {
    case 'id':
    case 'projectId':
      return ({ projectId }) => projectId;
    case 'projectNumber':
      return ({ projectNumber }) => projectNumber;
    case 'name':
      return ({ displayName }) => displayName;
    case 'lifecycleState':
      return ({ deletedAtMs }) => (deletedAtMs === undefined ? 'ACTIVE' : 'DELETE_REQUESTED');
    default:
      return undefined;
  }
}

/** Whether the literal parts occur in order, the first at the start and the last at the end. */
function matches(text: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return text === first;
  const last = rest.pop() as string;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last))
    return false;
  let position = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return position <= text.length - last.length;
}
