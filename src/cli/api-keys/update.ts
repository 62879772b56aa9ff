import { create } from '@bufbuild/protobuf';
import { FieldMaskSchema } from '@bufbuild/protobuf/wkt';
import { ApiKeys } from '../../gen/google/api/apikeys/v2/apikeys_pb.ts';
import { KeySchema } from '../../gen/google/api/apikeys/v2/resources_pb.ts';
import { apiKeysOperations, readOperation } from '../api/operations.ts';
import { usageError } from '../cli-error.ts';
import type { ClientCommand } from '../command.ts';
import { finishOperation } from '../services/finish-operation.ts';
import type { Session } from '../session.ts';
import { addKeyFlags, annotationsOf, restrictionsOf } from './key-flags.ts';
import type { KeyFlags } from './key-flags.ts';
import { keyName } from './key-name.ts';

interface UpdateFlags extends KeyFlags {
  readonly clearRestrictions?: boolean;
  readonly clearAnnotations?: boolean;
  readonly async?: boolean;
}

/** `services api-keys update`. */
export const updateKey: ClientCommand = {
  kind: 'client',
  path: ['services', 'api-keys', 'update'],
  summary: 'Change the name, the annotations or the restrictions of an API key.',
  examples: [
    'services api-keys update my-key --display-name "Production key"',
    'services api-keys update my-key --clear-restrictions',
  ],
  define(command, run) {
    addKeyFlags(command.argument('<key>', 'id or full name'));
    command
      .option('--clear-restrictions', 'take all restrictions away')
      .option('--clear-annotations', 'take all annotations away')
      .option('--async', 'do not wait for the operation')
      .action((key: string, flags: UpdateFlags) => run((session) => update(session, key, flags)));
  },
};

async function update(session: Session, key: string, flags: UpdateFlags): Promise<void> {
  const restrictions = restrictionsOf(flags);
  const annotations = annotationsOf(flags);
  if (restrictions !== undefined && flags.clearRestrictions === true)
    throw usageError('--clear-restrictions cannot be used with flags that set restrictions');
  if (annotations !== undefined && flags.clearAnnotations === true)
    throw usageError('--clear-annotations cannot be used with --annotations');
  const paths = [
    ...(flags.displayName === undefined ? [] : ['display_name']),
    ...(restrictions === undefined && flags.clearRestrictions !== true ? [] : ['restrictions']),
    ...(annotations === undefined && flags.clearAnnotations !== true ? [] : ['annotations']),
  ];
  if (paths.length === 0) throw usageError('give at least one flag that says what to change');
  const json = await session.api.call(ApiKeys.method.updateKey, {
    key: create(KeySchema, {
      name: keyName(session, key),
      displayName: flags.displayName ?? '',
      ...(restrictions && { restrictions }),
      ...(annotations && { annotations }),
    }),
    updateMask: create(FieldMaskSchema, { paths }),
  });
  const finish = { api: apiKeysOperations, isAsync: flags.async, showResult: true };
  const operation = await finishOperation(session, readOperation(json), finish);
  if (session.hasFormat) session.print(operation.json);
}
