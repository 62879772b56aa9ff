import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AdminAnswer } from './admin-routes.ts';
import { mergeAdminAnswers } from './merge-admin-answers.ts';

function ok(body: string): AdminAnswer {
  return { status: 200, contentType: 'text/plain', body };
}

function get(target: string, ...answers: AdminAnswer[]): AdminAnswer {
  return mergeAdminAnswers({ method: 'GET', target }, answers);
}

describe('mergeAdminAnswers', () => {
  it('adds up counters and buckets series by series', () => {
    const text = (count: number): string =>
      `# HELP a Things.\n# TYPE a counter\na{op="x"} ${count}\n# HELP h Times.\n# TYPE h histogram\nh_bucket{le="1"} ${count}\nh_sum ${count}.5\n`;
    assert.equal(
      get('/metrics', ok(text(1)), ok(text(2))).body,
      '# HELP a Things.\n# TYPE a counter\na{op="x"} 3\n# HELP h Times.\n# TYPE h histogram\nh_bucket{le="1"} 3\nh_sum 4\n',
    );
  });

  it('keeps a series that only one worker has within its family', () => {
    const first = '# TYPE a counter\na{op="x"} 1\n# TYPE b counter\nb 1\n';
    const second = '# TYPE a counter\na{op="y"} 2\n# TYPE b counter\nb 1\n';
    assert.equal(
      get('/metrics', ok(first), ok(second)).body,
      '# TYPE a counter\na{op="x"} 1\na{op="y"} 2\n# TYPE b counter\nb 2\n',
    );
  });

  it('takes the oldest start, the worst lag and the share as it is', () => {
    const text = (start: number, lag: number): string =>
      `process_start_time_seconds ${start}\nnodejs_eventloop_lag_seconds{quantile="50"} ${lag}\ngatehouse_config_info{config_id="r0"} 100\n`;
    assert.equal(get('/metrics', ok(text(5, 0.2)), ok(text(3, 0.1))).body, text(3, 0.2));
  });

  it('puts the processes of the status side by side and adds up the server', () => {
    const status = (processId: number): string =>
      JSON.stringify({
        server: { connections: { active: '2' }, requests: '10' },
        processes: [{ processId }],
      });
    const merged = JSON.parse(get('/endpoints_status', ok(status(1)), ok(status(2))).body);
    assert.deepEqual(merged, {
      server: { connections: { active: '4' }, requests: '20' },
      processes: [{ processId: 1 }, { processId: 2 }],
    });
  });

  it('is not ready when one worker is not', () => {
    const notReady = { status: 503, contentType: 'text/plain', body: 'draining\n' };
    assert.deepEqual(get('/readyz', ok('ok\n'), notReady), notReady);
  });

  it('is alive while one worker answers', () => {
    const late = { status: 504, contentType: 'text/plain', body: 'worker 1 does not answer\n' };
    assert.equal(get('/livez', late, ok('ok\n')).status, 200);
    assert.equal(get('/healthz', late, late).status, 504);
  });

  it('is not ready without workers', () => {
    assert.equal(get('/readyz').status, 503);
  });
});
