// A control plane in a process of its own, for tests that kill it. Arguments: data folder, port, and when to die during
// the first report: `never`, `beforeCommit` or `afterCommit`. Writes its port to standard output.
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../core/clock.ts';
import { ServiceController } from '../../../gen/google/api/servicecontrol/v1/service_controller_pb.ts';
import { openStore } from '../../../store/open-store.ts';
import { silentLogger } from '../../../telemetry/logger.ts';
import { createAuthorizer } from '../../iam/store-authorizer.ts';
import { ensureOwnerToken } from '../../oauth/owner-token.ts';
import type { ServiceImplementation } from '../../rpc/service.ts';
import { createControlServer } from '../../server.ts';
import { createServiceControl } from '../service-control.ts';
import { fillStore, serviceName } from './control-fixture.ts';

const [folder = '', port = '0', dies = 'never'] = process.argv.slice(2);
const die = (): boolean => process.kill(process.pid, 'SIGKILL');

const store = await openStore({ folder });
if ((await store.managedServices.get(serviceName)) === undefined) await fillStore(store);
await ensureOwnerToken(store, folder);
const authorizer = createAuthorizer(store);
const services = createServiceControl({
  store,
  authorizer,
  clock: systemClock,
  createId: () => {
    if (dies === 'beforeCommit') die();
    return randomUUID();
  },
}).map(dieAfterReport);
const server = await createControlServer(
  { port: Number(port) },
  { store, authorizer, clock: systemClock, logger: silentLogger, services },
);
process.stdout.write(`${server.port}\n`);

/** The commit is done when the handler resolves, and the answer has not been sent. */
function dieAfterReport(service: ServiceImplementation): ServiceImplementation {
  const { report } = service.handlers;
  if (dies !== 'afterCommit' || service.descriptor !== ServiceController || report === undefined)
    return service;
  return {
    ...service,
    handlers: {
      ...service.handlers,
      report: async (request, context) => {
        const response = await report(request, context);
        die();
        return response;
      },
    },
  };
}
