/**
 * The candidate that `name` is probably a slip of: at most `maxEdits` away, and less than half its own length, or equal
 * but for case, `-` and `_`.
 */
export function nearestName(
  name: string,
  candidates: Iterable<string>,
  maxEdits: number = 2,
): string | undefined {
  let best: string | undefined;
  let bestEdits = maxEdits + 1;
  for (const candidate of candidates) {
    if (fold(candidate) === fold(name)) return candidate;
    if (Math.abs(candidate.length - name.length) > maxEdits) continue;
    const edits = editDistance(name, candidate);
    if (edits < bestEdits && edits < candidate.length / 2) [best, bestEdits] = [candidate, edits];
  }
  return best;
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

/** Levenshtein distance. Only short names of nearly equal length come here. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
