/** Writes a point in time; the argument is epoch ms. */
export type TimeWriter = (epochMs: number) => string;

/** `%Y-%m-%dT%H:%M:%E3SZ`, Envoy's default. */
export const defaultTimeFormat = '%Y-%m-%dT%H:%M:%E3SZ';

/**
 * Compiles a strftime format for UTC; undefined when it holds something unknown. Beside strftime's letters: `%s` epoch
 * seconds, `%3f` (1–9) the fraction's digits, `%E3S` seconds with that many digits, `%E*S` with all. Source: Envoy
 * DateFormatter, absl::FormatTime.
 */
export function compileTimeFormat(format: string): TimeWriter | undefined {
  if (format === defaultTimeFormat) return (epochMs) => new Date(epochMs).toISOString();
  const parts: Array<string | ((time: Date) => string)> = [];
  let last = 0;
  for (const match of format.matchAll(/%(?:([1-9])f|E([0-9*])S|(.?))/gs)) {
    parts.push(format.slice(last, match.index));
    last = match.index + match[0].length;
    const [, fraction, seconds, letter] = match;
    const writer =
      fraction !== undefined
        ? (time: Date) => fractionOf(time, Number(fraction))
        : seconds !== undefined
          ? secondsWriter(seconds)
          : timeLetters[letter ?? ''];
    if (writer === undefined) return undefined;
    parts.push(writer);
  }
  parts.push(format.slice(last));
  return (epochMs) => {
    const time = new Date(epochMs);
    return parts.map((part) => (typeof part === 'string' ? part : part(time))).join('');
  };
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const millisecondsPerDay = 86_400_000;

const timeLetters: Readonly<Record<string, (time: Date) => string>> = {
  '%': () => '%',
  Y: (time) => String(time.getUTCFullYear()),
  y: (time) => two(time.getUTCFullYear() % 100),
  m: (time) => two(time.getUTCMonth() + 1),
  d: (time) => two(time.getUTCDate()),
  e: (time) => String(time.getUTCDate()).padStart(2, ' '),
  H: (time) => two(time.getUTCHours()),
  I: (time) => two(time.getUTCHours() % 12 || 12),
  p: (time) => (time.getUTCHours() < 12 ? 'AM' : 'PM'),
  M: (time) => two(time.getUTCMinutes()),
  S: (time) => two(time.getUTCSeconds()),
  s: (time) => String(Math.floor(time.getTime() / 1_000)),
  a: (time) => (days[time.getUTCDay()] as string).slice(0, 3),
  A: (time) => days[time.getUTCDay()] as string,
  b: monthName,
  h: monthName,
  B: (time) => months[time.getUTCMonth()] as string,
  j: (time) => String(dayOfYear(time)).padStart(3, '0'),
  Z: () => 'UTC',
  z: () => '+0000',
  F: (time) => time.toISOString().slice(0, 10),
  T: clockTime,
  R: (time) => clockTime(time).slice(0, 5),
  D: (time) => `${two(time.getUTCMonth() + 1)}/${two(time.getUTCDate())}/${two(time.getUTCFullYear() % 100)}`,
  n: () => '\n',
  t: () => '\t',
};

function secondsWriter(digits: string): (time: Date) => string {
  if (digits === '0') return (time) => two(time.getUTCSeconds());
  if (digits === '*')
    return (time) => {
      const fraction = fractionOf(time, 3).replace(/0+$/, '');
      return fraction === '' ? two(time.getUTCSeconds()) : `${two(time.getUTCSeconds())}.${fraction}`;
    };
  return (time) => `${two(time.getUTCSeconds())}.${fractionOf(time, Number(digits))}`;
}

function fractionOf(time: Date, digits: number): string {
  return String(time.getUTCMilliseconds()).padStart(3, '0').padEnd(9, '0').slice(0, digits);
}

function monthName(time: Date): string {
  return (months[time.getUTCMonth()] as string).slice(0, 3);
}

function clockTime(time: Date): string {
  return time.toISOString().slice(11, 19);
}

function dayOfYear(time: Date): number {
  return Math.floor((time.getTime() - Date.UTC(time.getUTCFullYear(), 0, 1)) / millisecondsPerDay) + 1;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
