import { X509Certificate, randomBytes } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import type { Empty } from '@bufbuild/protobuf/wkt';
import { EmptySchema, timestampFromMs } from '@bufbuild/protobuf/wkt';
import { RpcCode } from '../../core/status.ts';
import {
  ListServiceAccountKeysRequest_KeyType as KeyType,
  ListServiceAccountKeysResponseSchema,
  ServiceAccountKeyAlgorithm,
  ServiceAccountKeyOrigin,
  ServiceAccountKeySchema,
  ServiceAccountPrivateKeyType,
  ServiceAccountPublicKeyType,
} from '../../gen/google/iam/admin/v1/iam_pb.ts';
import type {
  CreateServiceAccountKeyRequest,
  GetServiceAccountKeyRequest,
  ListServiceAccountKeysRequest,
  ListServiceAccountKeysResponse,
  ServiceAccountKey,
  UploadServiceAccountKeyRequest,
} from '../../gen/google/iam/admin/v1/iam_pb.ts';
import type { ServiceAccountKeyRecord } from '../../store/service-account-keys.ts';
import type { ServiceAccountRecord } from '../../store/service-accounts.ts';
import type { Store } from '../../store/store.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext } from '../rpc/service.ts';
import { requireAccount } from './account-access.ts';
import type { AccountDependencies } from './accounts.ts';
import { endOfTimeMs, generateSigningKey } from './generate-key.ts';
import { formatKeyFile } from './key-file.ts';

/** Source: IAM's quotas. */
const maxKeysPerAccount = 10;
const keyIdBytes = 20;
const minModulusBits = 2048;

/** Makes a key and hands out its key file, this once. RESOURCE_EXHAUSTED when the account has ten. */
export async function createAccountKey(
  deps: AccountDependencies,
  request: CreateServiceAccountKeyRequest,
  context: CallContext,
): Promise<ServiceAccountKey> {
  requireSupported(request);
  const access = { name: request.name, permission: 'iam.serviceAccountKeys.create' };
  const account = await requireAccount(deps, context, access);
  const nowMs = deps.clock.nowMs();
  await requireRoom(deps.store, account);
  const key = await generateSigningKey(account.uniqueId, nowMs);
  const record: ServiceAccountKeyRecord = {
    keyId: key.keyId,
    accountId: account.uniqueId,
    certificatePem: key.certificatePem,
    validAfterMs: nowMs,
    validBeforeMs: endOfTimeMs,
    origin: 'GOOGLE_PROVIDED',
    disabled: false,
  };
  await insertKey(deps.store, account, record);
  return create(ServiceAccountKeySchema, {
    ...toServiceAccountKey(account, record),
    privateKeyType: ServiceAccountPrivateKeyType.TYPE_GOOGLE_CREDENTIALS_FILE,
    privateKeyData: Buffer.from(formatKeyFile(account, key, context.baseUrl)),
  });
}

/** Takes the certificate of a key that was made elsewhere. */
export async function uploadAccountKey(
  deps: AccountDependencies,
  request: UploadServiceAccountKeyRequest,
  context: CallContext,
): Promise<ServiceAccountKey> {
  const access = { name: request.name, permission: 'iam.serviceAccountKeys.create' };
  const account = await requireAccount(deps, context, access);
  const certificate = parseCertificate(request.publicKeyData);
  const record: ServiceAccountKeyRecord = {
    keyId: randomBytes(keyIdBytes).toString('hex'),
    accountId: account.uniqueId,
    certificatePem: certificate.toString(),
    validAfterMs: Date.parse(certificate.validFrom),
    validBeforeMs: Date.parse(certificate.validTo),
    origin: 'USER_PROVIDED',
    disabled: false,
  };
  await insertKey(deps.store, account, record);
  return toServiceAccountKey(account, record);
}

/** The keys of an account, oldest first. All are managed by users: the server keeps no private keys of its own. */
export async function listAccountKeys(
  deps: AccountDependencies,
  { name, keyTypes }: ListServiceAccountKeysRequest,
  context: CallContext,
): Promise<ListServiceAccountKeysResponse> {
  const account = await requireAccount(deps, context, { name, permission: 'iam.serviceAccountKeys.list' });
  const isWanted = keyTypes.length === 0 || keyTypes.includes(KeyType.USER_MANAGED);
  const records = isWanted ? await deps.store.serviceAccountKeys.list(account.uniqueId) : [];
  return create(ListServiceAccountKeysResponseSchema, {
    keys: records.map((record) => toServiceAccountKey(account, record)),
  });
}

/** One key, with its public half in the form asked for. */
export async function getAccountKey(
  deps: AccountDependencies,
  { name, publicKeyType }: GetServiceAccountKeyRequest,
  context: CallContext,
): Promise<ServiceAccountKey> {
  const { account, record } = await requireKey(deps, context, {
    name,
    permission: 'iam.serviceAccountKeys.get',
  });
  const key = toServiceAccountKey(account, record);
  if (publicKeyType === ServiceAccountPublicKeyType.TYPE_X509_PEM_FILE)
    return { ...key, publicKeyData: Buffer.from(record.certificatePem) };
  if (publicKeyType !== ServiceAccountPublicKeyType.TYPE_RAW_PUBLIC_KEY) return key;
  const { publicKey } = new X509Certificate(record.certificatePem);
  return { ...key, publicKeyData: Buffer.from(publicKey.export({ type: 'spki', format: 'pem' })) };
}

/** Ends a key; what it signs is worth nothing from now on. */
export async function deleteAccountKey(
  deps: AccountDependencies,
  name: string,
  context: CallContext,
): Promise<Empty> {
  const { record } = await requireKey(deps, context, { name, permission: 'iam.serviceAccountKeys.delete' });
  await deps.store.serviceAccountKeys.delete(record.keyId);
  return create(EmptySchema);
}

/** Disables or enables a key. */
export async function setAccountKeyDisabled(
  deps: AccountDependencies,
  name: string,
  context: CallContext,
  disabled: boolean,
): Promise<Empty> {
  const permission = `iam.serviceAccountKeys.${disabled ? 'disable' : 'enable'}`;
  const { record } = await requireKey(deps, context, { name, permission });
  await deps.store.serviceAccountKeys.setDisabled(record.keyId, disabled);
  return create(EmptySchema);
}

function requireSupported({ privateKeyType, keyAlgorithm }: CreateServiceAccountKeyRequest): void {
  if (privateKeyType === ServiceAccountPrivateKeyType.TYPE_PKCS12_FILE)
    throw invalid('TYPE_PKCS12_FILE is not supported: use TYPE_GOOGLE_CREDENTIALS_FILE.');
  if (keyAlgorithm === ServiceAccountKeyAlgorithm.KEY_ALG_RSA_1024)
    throw invalid('KEY_ALG_RSA_1024 is not supported: use KEY_ALG_RSA_2048.');
}

async function requireRoom(store: Store, account: ServiceAccountRecord): Promise<void> {
  const keys = await store.serviceAccountKeys.list(account.uniqueId);
  if (keys.length >= maxKeysPerAccount)
    throw new RpcError(RpcCode.RESOURCE_EXHAUSTED, 'Maximum number of keys on account reached.');
}

/** Looks again inside the transaction: generating takes long enough for another call to fill the account. */
async function insertKey(
  store: Store,
  account: ServiceAccountRecord,
  record: ServiceAccountKeyRecord,
): Promise<void> {
  await store.transaction(async (tx) => {
    await requireRoom(tx, account);
    if (!(await tx.serviceAccountKeys.insert(record))) throw new TypeError('the key id is taken');
  });
}

async function requireKey(
  deps: AccountDependencies,
  context: CallContext,
  { name, permission }: { readonly name: string; readonly permission: string },
): Promise<{ account: ServiceAccountRecord; record: ServiceAccountKeyRecord }> {
  const [accountName = '', keyId = ''] = name.split('/keys/');
  const account = await requireAccount(deps, context, { name: accountName, permission });
  const record = await deps.store.serviceAccountKeys.get(keyId);
  if (record === undefined || record.accountId !== account.uniqueId)
    throw new RpcError(RpcCode.NOT_FOUND, `Service account key ${keyId} does not exist.`);
  return { account, record };
}

function parseCertificate(pem: Uint8Array): X509Certificate {
  try {
    const certificate = new X509Certificate(Buffer.from(pem));
    const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
    if (asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= minModulusBits)
      return certificate;
  } catch (error) {
    throw new RpcError(RpcCode.INVALID_ARGUMENT, 'The public key must be an X.509 certificate in PEM.', {
      cause: error,
    });
  }
  throw invalid(`The public key must be an RSA key of at least ${minModulusBits} bits.`);
}

function toServiceAccountKey(
  account: ServiceAccountRecord,
  record: ServiceAccountKeyRecord,
): ServiceAccountKey {
  return create(ServiceAccountKeySchema, {
    name: `projects/${account.projectId}/serviceAccounts/${account.email}/keys/${record.keyId}`,
    keyAlgorithm: ServiceAccountKeyAlgorithm.KEY_ALG_RSA_2048,
    validAfterTime: timestampFromMs(record.validAfterMs),
    validBeforeTime: timestampFromMs(record.validBeforeMs),
    keyOrigin: ServiceAccountKeyOrigin[record.origin],
    keyType: KeyType.USER_MANAGED,
    disabled: record.disabled,
  });
}

function invalid(message: string): RpcError {
  return new RpcError(RpcCode.INVALID_ARGUMENT, message);
}
