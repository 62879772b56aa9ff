import {
  framingCases,
  framingCasesOfBoth,
  framingCasesOfV1,
  framingGate,
  framingGateOfV1,
} from './framing.cases.ts';
import { testHttp1Cases } from './harness/test-http1-cases.ts';

testHttp1Cases('HTTP/1 framing', framingGate, framingCases);
testHttp1Cases('HTTP/1 framing, ESP v1', framingGateOfV1, [...framingCasesOfBoth, ...framingCasesOfV1]);
