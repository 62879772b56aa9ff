import { rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorMessage, systemErrorCode } from '../../core/errors.ts';
import { IAM, ServiceAccountPrivateKeyType as KeyType } from '../../gen/google/iam/admin/v1/iam_pb.ts';
import { CliError, usageError } from '../cli-error.ts';
import type { ClientCommand } from '../command.ts';
import type { Session } from '../session.ts';
import { accountName } from './account-name.ts';

interface CreateFlags {
  readonly iamAccount: string;
  readonly keyFileType: string;
}

/** `iam service-accounts keys create`. */
export const createAccountKey: ClientCommand = {
  kind: 'client',
  path: ['iam', 'service-accounts', 'keys', 'create'],
  summary: 'Create a key of a service account and write it to a file that only you can read.',
  examples: [
    'iam service-accounts keys create service-account-creds.json --iam-account esp@my-project.iam.gserviceaccount.com',
  ],
  define(command, run) {
    command
      .argument('<file>', 'where to write the key; - for stdout')
      .requiredOption('--iam-account <account>', 'account to make the key for')
      .option('--key-file-type <type>', 'json or p12', 'json')
      .action((file: string, flags: CreateFlags) => run((session) => createOne(session, file, flags)));
  },
};

async function createOne(session: Session, file: string, flags: CreateFlags): Promise<void> {
  const { iamAccount: account, keyFileType: type } = flags;
  if (type !== 'json' && type !== 'p12')
    throw usageError(`--key-file-type must be json or p12, not '${type}'`);
  // Made before the key is: the key is handed out only once, and there must be a place for it.
  const path = file === '-' ? undefined : resolve(session.environment.cwd, file);
  if (path !== undefined) reserve(path);
  try {
    const key = await session.api.call(IAM.method.createServiceAccountKey, {
      name: accountName(account),
      privateKeyType: type === 'json' ? KeyType.TYPE_GOOGLE_CREDENTIALS_FILE : KeyType.TYPE_PKCS12_FILE,
    });
    const contents = Buffer.from(String(key['privateKeyData']), 'base64');
    if (path === undefined) session.environment.stdout(contents.toString());
    else writeFileSync(path, contents);
    const keyId = String(key['name']).split('/').at(-1) ?? '';
    session.say(`created key [${keyId}] of type [${type}] as [${file}] for [${account}]`);
  } catch (error) {
    if (path !== undefined) rmSync(path, { force: true });
    throw error;
  }
}

function reserve(path: string): void {
  try {
    writeFileSync(path, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const reason =
      systemErrorCode(error) === 'EEXIST'
        ? 'it exists; remove it or choose another name'
        : errorMessage(error);
    throw new CliError(`cannot write ${path}: ${reason}`, { cause: error });
  }
}
