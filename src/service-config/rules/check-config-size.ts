import type { Service } from '../../gen/google/api/service_pb.ts';
import type { CompileContext } from '../context.ts';
import { toplevelLocation } from '../diagnostics/collector.ts';
import { defaultSourceLimits } from '../source/limits.ts';

/** What a message, a list or a field costs beside its text: braces, quotes, commas and its name. */
const charsPerValue = 8;

/**
 * Refuses a config that is too large to be written down. Runs before the rules, which look at every text: until then, a
 * base path of megabytes in ten thousand templates is one text and ten thousand references to it.
 */
export function checkConfigSize(service: Service, context: CompileContext): void {
  const { maxConfigChars } = context.options.limits ?? defaultSourceLimits;
  if (measure(service, maxConfigChars) >= 0) return;
  context.diagnostics.error({
    rule: 'config-size',
    location: toplevelLocation,
    message: `The service config would have more than ${maxConfigChars} characters.`,
    hint: 'Its host, version, base path and default backend go into every operation: keep them short, or split the service.',
  });
}

/** What is left of `budget` after a value; negative as soon as there is not enough. */
function measure(value: unknown, budget: number): number {
  if (typeof value === 'string') return budget - value.length;
  if (typeof value !== 'object' || value === null) return budget;
  if (ArrayBuffer.isView(value)) return budget - value.byteLength;
  let left = budget - charsPerValue;
  for (const part of Object.values(value)) {
    if (left < 0) break;
    left = measure(part, left - charsPerValue);
  }
  return left;
}
