/** Something with a share of the traffic. */
export interface Share {
  readonly percent: number;
}

/** Hash of a text into [0, 1): FNV-1a with a final mix, so that similar keys land far apart. */
export function hashToUnit(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

/** The share that `point`, in [0, 1), falls into; shares follow one another in the given order. */
export function pickShare<T extends Share>(shares: readonly T[], point: number): T | undefined {
  let total = 0;
  for (const share of shares) total += share.percent;
  let left = point * total;
  for (const share of shares) {
    left -= share.percent;
    if (left < 0) return share;
  }
  return shares[shares.length - 1];
}
