import type { CallerChange, Severity } from './caller-change.ts';
import type { ServiceComparison } from './compare-services.ts';
import type { ElementChange } from './element-change.ts';
import { relateChanges } from './relate-changes.ts';

/** Forms that a comparison can be printed in. */
export type ComparisonFormat = 'text' | 'json';

/** Elements that are listed besides what changes for callers; a new operation alone has a dozen. */
const maxShownElements = 20;
/** Longest value that is shown in a line. */
const maxShownValue = 60;

const headings: Readonly<Record<Severity, string>> = {
  breaking: 'BREAKING',
  'weakened-security': 'WEAKENED SECURITY',
  notice: 'NOTICE',
};

/**
 * Prints a comparison. `text`, for people: what changes for callers by severity, then the other elements that differ; nothing when
 * nothing differs. `json`, for tools: the {@link ServiceComparison}, with values as JSON.
 */
export function renderComparison(comparison: ServiceComparison, format: ComparisonFormat): string {
  switch (format) {
    case 'text':
      return renderText(comparison);
    case 'json':
      return `${JSON.stringify({ ...comparison, elements: comparison.elements.map(toJson) }, null, 2)}\n`;
    default:
      return format satisfies never;
  }
}

function renderText(comparison: ServiceComparison): string {
  // Object.keys of a record of ours are its keys, in the order written above.
  const severities = Object.keys(headings) as Severity[];
  const sections = severities.map((severity) => {
    const changes = comparison.callers.filter((change) => change.severity === severity);
    return section(headings[severity], groupAlike(changes).map(renderGroup));
  });
  const others = relateChanges(comparison).filter(({ callers }) => callers.length === 0);
  const rest = section(comparison.callers.length === 0 ? 'ELEMENTS' : 'OTHER ELEMENTS', [
    ...others.slice(0, maxShownElements).map(({ change }) => `  ${renderElement(change)}\n`),
    ...(others.length > maxShownElements
      ? [`  and ${others.length - maxShownElements} more, all in --format=json\n`]
      : []),
  ]);
  return [...sections, rest].filter((text) => text !== '').join('\n');
}

function section(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${heading}\n${lines.join('')}`;
}

/** What is the same for several operations belongs together. */
function groupAlike(changes: readonly CallerChange[]): CallerChange[][] {
  const groups = Map.groupBy(changes, ({ rule, message, operation }) =>
    JSON.stringify([rule, operation === undefined ? message : message.replace(operation, '')]),
  );
  return [...groups.values()];
}

function renderGroup([first, ...others]: readonly CallerChange[]): string {
  if (first === undefined) return '';
  const { message, element, rule } = first;
  const likewise = others.map(({ operation, element: other }) => operation ?? other).join(', ');
  return [
    `  ${printable(message)} [${rule}]`,
    `    ${printable(element)}`,
    ...(likewise === '' ? [] : [`    likewise: ${printable(likewise)}`]),
    '',
  ].join('\n');
}

function renderElement({ element, type, oldValue, newValue }: ElementChange): string {
  const path = printable(element);
  switch (type) {
    case 'added':
      return `+ ${path}: ${shorten(newValue)}`;
    case 'removed':
      return `- ${path}: ${shorten(oldValue)}`;
    case 'modified':
      return `~ ${path}: ${shorten(oldValue)} -> ${shorten(newValue)}`;
    default:
      return type satisfies never;
  }
}

function shorten(value = ''): string {
  const text = printable(value);
  return text.length <= maxShownValue ? text : `${text.slice(0, maxShownValue - 1)}\u2026`;
}

/** Control characters of a config must not reach a terminal. */
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd');
}

function toJson({ element, type, oldValue, newValue }: ElementChange): object {
  const parse = (value: string | undefined): unknown =>
    value === undefined ? undefined : (JSON.parse(value) as unknown);
  return { element, type, oldValue: parse(oldValue), newValue: parse(newValue) };
}
