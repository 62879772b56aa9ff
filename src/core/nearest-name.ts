/**
 * The candidate that `name` is probably a slip of: at most `maxEdits` away, and less than half its own length, or equal
 * but for case, `-` and `_`.
 */
export function nearestName(
  name: string,
  candidates: Iterable<string>,
  maxEdits: number = 2,
): string | undefined {
  const folded = fold(name);
  let best: string | undefined;
  let bestEdits = maxEdits + 1;
  for (const candidate of candidates) {
    if (fold(candidate) === folded) return candidate;
    if (Math.abs(candidate.length - name.length) > maxEdits) continue;
    const edits = editDistance(name, candidate, maxEdits);
    if (edits < bestEdits && edits < candidate.length / 2) [best, bestEdits] = [candidate, edits];
  }
  return best;
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

/**
 * Levenshtein distance where it is at most `max`, else more than `max`. Only cells that near the diagonal are computed, so
 * that the cost is linear in the length: both names may come from a file that means harm.
 */
function editDistance(a: string, b: string, max: number): number {
  // row[k] is the distance of the first i characters of a and the first i + k - max of b.
  let row = Array.from({ length: 2 * max + 1 }, (_, k) => (k < max ? Infinity : k - max));
  for (let i = 1; i <= a.length; i++) {
    const next: number[] = [];
    for (let k = 0; k <= 2 * max; k++) {
      const j = i + k - max;
      const substitution = (row[k] as number) + (j > 0 && a[i - 1] === b[j - 1] ? 0 : 1);
      const cell = Math.min(substitution, (row[k + 1] ?? Infinity) + 1, (next[k - 1] ?? Infinity) + 1);
      next.push(j < 0 || j > b.length ? Infinity : cell);
    }
    row = next;
  }
  return row[b.length - a.length + max] as number;
}
