import { backendCases, backendCasesOfV1 } from './backends.cases.ts';
import { framingCases, framingCasesOfV1 } from './framing.cases.ts';
import { grpcCases } from './grpc.cases.ts';
import { describeOutcome, type HostileCase } from './harness/hostile-case.ts';
import { headerCases, headerCasesOfV1 } from './headers.cases.ts';
import { http2BackendCases } from './http2-backends.cases.ts';
import { http2Cases } from './http2.cases.ts';
import { type ChecklistSection, checklist, notShown } from './items.ts';
import { corsCases, keyLogCases, pathCases } from './paths.cases.ts';

/** An input and its answer, as people read them. */
export interface DocumentedCase {
  readonly item: number;
  readonly input: string;
  readonly answer: string;
}

const all: ReadonlyArray<HostileCase<unknown>> = [
  ...framingCases,
  ...framingCasesOfV1,
  ...http2Cases,
  ...grpcCases,
  ...pathCases,
  ...corsCases,
  ...headerCases,
  ...headerCasesOfV1,
  ...backendCases,
  ...backendCasesOfV1,
  ...http2BackendCases,
];

/** Every case of every table. */
export const documentedCases: readonly DocumentedCase[] = [
  ...all.map(({ item, name, expect, only }) => ({
    item,
    input: name,
    answer: `${only === undefined ? '' : `${only}: `}${describeOutcome(expect)}`,
  })),
  ...keyLogCases.map(({ item, name, status }) => ({
    item,
    input: name,
    answer: `${status}, and \`[redacted]\` in the line`,
  })),
];

const head = `# Bad inputs and what comes of them

What the proxy answers to inputs that are wrong or hostile: the status and the response code details, as the access log has them, and what becomes of the connection. Unless a line says that something came from the backend or reached it, the backend gets nothing. After each of them the connection, if it stays, and the process serve the next request.

The lines are written from the tables of \`test/hostile/\`, which send each input to a proxy process; \`UPDATE_GOLDEN=1 node --test test/hostile/document.test.ts\` writes them anew. Where no generation is named, the answer is ESPv2's. Framing is tested against both: where ESP v1 has no line of its own there, it answers alike.
`;

/** docs/reference/hostile-input.md. */
export function renderDocument(): string {
  const sections = checklist.map(renderSection);
  const missing = notShown.map(
    ([item, what, reason]) => `| ${item} | ${escapeCell(what)} | ${escapeCell(reason)} |`,
  );
  return [
    head,
    ...sections,
    ['## Not shown yet', '', '| item | input | why |', '|---|---|---|', ...missing, ''].join('\n'),
  ].join('\n');
}

function renderSection({ title, items }: ChecklistSection): string {
  const rows = Object.entries(items).flatMap(([item, subject]) =>
    groupByAnswer(Number(item)).map(
      ([answer, inputs]) =>
        `| ${item} | ${escapeCell(subject)} | ${escapeCell(inputs.join('; '))} | ${escapeCell(answer)} |`,
    ),
  );
  return [`## ${title}`, '', '| item | about | input | answer |', '|---|---|---|---|', ...rows, ''].join(
    '\n',
  );
}

function groupByAnswer(item: number): ReadonlyArray<readonly [answer: string, inputs: readonly string[]]> {
  const groups = new Map<string, string[]>();
  for (const one of documentedCases) {
    if (one.item !== item) continue;
    groups.set(one.answer, [...(groups.get(one.answer) ?? []), one.input]);
  }
  return [...groups];
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('__', '\\_\\_');
}
