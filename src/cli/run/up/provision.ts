import { anyUnpack } from '@bufbuild/protobuf/wkt';
import { create, fromJson, type JsonObject, type JsonValue } from '@bufbuild/protobuf';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { ApiKeys } from '../../../gen/google/api/apikeys/v2/apikeys_pb.ts';
import { type Service } from '../../../gen/google/api/service_pb.ts';
import { ConfigFile_FileType, ConfigFileSchema } from '../../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { GetServiceConfigRequest_ConfigView, ServiceManager } from '../../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { ServiceUsage } from '../../../gen/google/api/serviceusage/v1/serviceusage_pb.ts';
import { IAM, ServiceAccountPrivateKeyType } from '../../../gen/google/iam/admin/v1/iam_pb.ts';
import type { SourceFile } from '../../../service-config/compile.ts';
import { ApiError } from '../../api/api-error.ts';
import { apiKeysOperations, type OperationsApi, readOperation, serviceManagementOperations, serviceUsageOperations, waitForOperation } from '../../api/operations.ts';
import { throwIfFailed } from '../../endpoints/finish-operation.ts';
import { addBinding, servicePolicy } from '../../iam/policy-binding.ts';
import type { Session } from '../../session.ts';
import type { ApiDocuments } from './documents.ts';

void [anyUnpack, create, fromJson, ConfigFileSchema];
