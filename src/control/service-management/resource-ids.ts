/** Day part of config and rollout ids, UTC: `2026-01-31`. */
export function idDay(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 10);
}

/** A config id or rollout id as the server makes them: `2026-01-31r0`; the counter starts at 0 every day. */
export function formatDailyId(day: string, counter: number): string {
  return `${day}r${counter}`;
}

/** Whether a client may name a config or rollout so. Source: google.api.Service.id, Rollout.rollout_id. */
export function isClientChosenId(id: string): boolean {
  return /^[a-z0-9._-]{1,63}$/.test(id);
}
