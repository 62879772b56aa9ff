import type { FlagSpec, RuntimeVersion } from './flag-spec.ts';
import { flagTable } from './flag-table.ts';

const nameWidth = 46;

/** Help of `gatehouse proxy` for one generation. */
export function renderFlagHelp(version: RuntimeVersion): string {
  const lines = [
    'Usage: gatehouse proxy [flags]',
    '',
    `Runs the proxy with the flags of ${version === '1' ? 'ESP v1 (endpoints-runtime:1)' : 'ESPv2 (endpoints-runtime:2)'}; --runtime_version=${version === '1' ? '2' : '1'} shows the other's.`,
    'Any unambiguous prefix of a flag works.',
    '',
    'Example: gatehouse proxy --service=echo-api.endpoints.example.cloud.goog --rollout_strategy=managed \\',
    '           --http_port=8082 --backend=localhost:8080 --service_account_key=creds.json',
  ];
  let group = '';
  for (const spec of flagTable) {
    if (!(version in spec.defaults) || spec.status.kind === 'refused') continue;
    if (spec.group !== group) lines.push('', `${(group = spec.group)}:`);
    lines.push(`  ${nameColumn(spec, version).padEnd(nameWidth)} ${spec.help}${defaultNote(spec, version)}`);
  }
  const refused = flagTable.filter((spec) => version in spec.defaults && spec.status.kind === 'refused');
  lines.push(
    '',
    'known and refused in this version:',
    ...refused.map((spec) => `  ${`--${spec.name}`.padEnd(nameWidth)} ${whyRefused(spec)}`),
  );
  return `${lines.join('\n')}\n`;
}

/** The reference page of all flags, as Markdown: `docs/reference/flags.md`. */
export function renderFlagReference(): string {
  const lines = [
    '# Flags of `gatehouse proxy`',
    '',
    'Made from `src/app/flags/flag-table.ts` by `npm run docs`; a test keeps the two in step.',
    '',
    '`--runtime_version` chooses the generation: 1 takes the flags of ESP v1, 2 those of ESPv2. A flag of the other',
    'generation and a flag that is not built yet are refused with a line that says so; none is ignored. "own" marks flags',
    "that ESP's command line does not have.",
  ];
  let group = '';
  for (const spec of flagTable) {
    if (spec.group !== group) {
      group = spec.group;
      lines.push(
        '',
        `## ${group[0]?.toUpperCase()}${group.slice(1)}`,
        '',
        '| flag | ESP v1 | ESPv2 | meaning |',
        '|---|---|---|---|',
      );
    }
    const name = `\`--${spec.name}\`${spec.short === undefined ? '' : `, \`-${spec.short}\``}${spec.own === true ? ' (own)' : ''}`;
    lines.push(`| ${name} | ${defaultCell(spec, '1')} | ${defaultCell(spec, '2')} | ${meaningCell(spec)} |`);
  }
  return `${lines.join('\n')}\n`;
}

function nameColumn(spec: FlagSpec, version: RuntimeVersion): string {
  const short =
    spec.short !== undefined && (spec.shortOnlyIn ?? version) === version ? `-${spec.short}, ` : '';
  const value = spec.kind === 'switch' ? '' : `=${spec.choices?.join('|') ?? spec.kind.toUpperCase()}`;
  return `${short}--${spec.name}${value}`;
}

function defaultNote(spec: FlagSpec, version: RuntimeVersion): string {
  const value = spec.defaults[version];
  return value === undefined || value === '' ? '' : ` [${value}]`;
}

function whyRefused(spec: FlagSpec): string {
  return spec.status.kind === 'refused' ? spec.status.why : '';
}

function defaultCell(spec: FlagSpec, version: RuntimeVersion): string {
  const value = spec.defaults[version];
  if (value === undefined) return '–';
  return value === '' ? 'yes' : `yes, \`${value.replaceAll('|', '\\|')}\``;
}

function meaningCell(spec: FlagSpec): string {
  const choices = spec.choices === undefined ? '' : ` One of ${spec.choices.join(', ')}.`;
  const text = `${spec.help}${choices}`.replaceAll('|', '\\|');
  switch (spec.status.kind) {
    case 'works':
      return text;
    case 'satisfied':
      return `${text} Accepted: ${spec.status.why}.`;
    case 'refused':
      return `${text} **Refused**: ${spec.status.why}.`;
    default:
      return spec.status satisfies never;
  }
}
