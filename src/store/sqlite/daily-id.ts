/** Day and number of an id such as `2026-01-31r7`; nulls for an id of another shape. */
export function splitDailyId(id: string): {
  readonly day: string | null;
  readonly day_counter: number | null;
} {
  // Nine digits stay far below 2^53; nobody uploads a thousand million configs a day.
  const match = /^(\d{4}-\d{2}-\d{2})r(0|[1-9]\d{0,8})$/.exec(id);
  return match === null
    ? { day: null, day_counter: null }
    : { day: match[1] as string, day_counter: Number(match[2]) };
}
