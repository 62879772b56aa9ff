import type { Clock } from '../../core/clock.ts';
import { espV1ServiceControl } from '../../service-control/dialects/esp-v1.ts';
import { espV2ServiceControl } from '../../service-control/dialects/esp-v2.ts';
import { readMachineAttributes } from '../../service-control/machine-attributes.ts';
import { createHttpClient } from '../../service-control/transport/http-client.ts';
import type { ProxySettings } from './settings/proxy-settings.ts';

/**
 * The settings with platform and place of the machine for the reports, as its metadata server tells them; as they were
 * where there is none. A platform that the command line names stays.
 */
export async function describeMachine(
  settings: ProxySettings,
  deps: { readonly clock: Clock },
): Promise<ProxySettings> {
  const { controlPlane, reports } = settings;
  if (!controlPlane.asksMachineAttributes) return settings;
  const http = createHttpClient(deps.clock);
  try {
    const machine = await readMachineAttributes(controlPlane.metadataUrl, http);
    if (machine === undefined) return settings;
    const { platforms } = settings.runtimeVersion === '1' ? espV1ServiceControl : espV2ServiceControl;
    return {
      ...settings,
      reports: {
        ...reports,
        platform: reports.platform ?? platforms[machine.platform],
        location: machine.location,
      },
    };
  } finally {
    await http.close();
  }
}
