import type { Service } from '../../gen/google/api/service_pb.ts';
import type { CompileContext } from '../context.ts';
import { toplevelLocation } from '../diagnostics/collector.ts';

/** The one name that the documents of a service give it; undefined, and reported, when there is none or more than one. */
export function agreeOnName(services: readonly Service[], context: CompileContext): string | undefined {
  const named = services.filter(({ name }) => name !== '');
  const names = [...new Set(named.map(({ name }) => name))];
  const expected = context.options.serviceName;
  const report = (rule: string, message: string, on: Service | undefined, hint?: string): void =>
    context.diagnostics.error({
      rule,
      location: toplevelLocation,
      message,
      hint,
      at: context.origins.of(on)?.place,
    });
  if (names.length > 1) {
    const message = `The service configs name different services. Found names: {${names.join(', ')}}`;
    report(
      'names-differ',
      message,
      named.find(({ name }) => name !== names[0]),
    );
    return undefined;
  }
  const name = names[0] ?? expected;
  if (name === undefined)
    report(
      'service-name-missing',
      'The service config has no name.',
      services[0],
      'Write name: my-api.endpoints.PROJECT_ID.cloud.goog',
    );
  else if (expected !== undefined && name !== expected)
    report(
      'service-name-differs',
      `The name '${name}' is different from the service name '${expected}'.`,
      named[0],
    );
  return name;
}
