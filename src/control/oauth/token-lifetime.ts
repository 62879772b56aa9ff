/** Longest life of a self-signed token or an assertion, and the life of what we issue. Source: Google's OAuth. */
export const maxTokenLifetimeSeconds = 3600;
/** How far ahead the other side's clock may run. */
export const clockSkewSeconds = 300;

/** Whether `iat` and `exp`, epoch seconds, make a token that is short-lived and good now. */
export function isInWindow(iat: number, exp: number, nowMs: number): boolean {
  const now = nowMs / 1000;
  return iat <= now + clockSkewSeconds && exp > now && exp > iat && exp - iat <= maxTokenLifetimeSeconds;
}
