import { after } from 'node:test';
import { Workspace } from '../helpers/workspace.ts';
import { backendCases, backendCasesOfV1, backendsGate, backendsGateOfV1 } from './backends.cases.ts';
import { startHostileBackends } from './harness/hostile-backends.ts';
import { startRecordingBackend } from './harness/recording-backend.ts';
import { testHttp1Cases } from './harness/test-http1-cases.ts';

const workspace = new Workspace({ after });
const backend = await startRecordingBackend();
const hostile = await startHostileBackends(workspace.path('ca.pem'), backend.port);
after(async () => {
  await hostile.close();
  await backend.close();
});

testHttp1Cases('backends', { ...backendsGate(hostile, backend.port), backend }, backendCases);
testHttp1Cases('backends, ESP v1', backendsGateOfV1, backendCasesOfV1);
