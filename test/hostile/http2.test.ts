import { testHttp2Cases } from './harness/run-http2-case.ts';
import { http2Cases, http2Gate } from './http2.cases.ts';

testHttp2Cases('HTTP/2', http2Gate, http2Cases);
