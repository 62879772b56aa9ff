import { testHttp1Cases } from './harness/test-http1-cases.ts';
import { headerCases, headerCasesOfV1, headersGate, headersGateOfV1 } from './headers.cases.ts';

testHttp1Cases('headers and identity', headersGate, headerCases);
testHttp1Cases('headers and identity, ESP v1', headersGateOfV1, headerCasesOfV1);
