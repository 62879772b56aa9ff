import { nearestName } from '../../core/nearest-name.ts';

/** Names that are listed of many. */
const maxListed = 10;
/** Names that are looked at: with every name wrong, all would be compared with all. */
const maxCompared = 50;

/** What to write instead of a name that is not defined: the one that it is a slip of, else what there is. */
export function nameHint(name: string, defined: Iterable<string>): string | undefined {
  const names: string[] = [];
  for (const candidate of defined) if (names.push(candidate) === maxCompared) break;
  const nearest = nearestName(name, names);
  if (nearest !== undefined) return `Did you mean '${nearest}'?`;
  return names.length === 0 ? undefined : `Defined are: ${listNames(names)}.`;
}

/** `a, b, c`: names in a sentence, of many the first. */
export function listNames(names: readonly string[]): string {
  return names.slice(0, maxListed).join(', ') + (names.length > maxListed ? ' and more' : '');
}
