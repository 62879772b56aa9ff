import { type GatehouseOptions, prepareGatehouse } from '../gatehouse-process.ts';
import { proxyCore, type Running, startProgram } from '../processes.ts';
import { settleable } from './settle.ts';

export interface Gate extends Running {
  readonly port: number;
  readonly configFile: string;
}

/** A proxy alone on its core, whose memory `settledMiB` can tell. */
export async function startGate(options: GatehouseOptions): Promise<Gate> {
  const { command, port, configFile } = await prepareGatehouse(options);
  const running = await startProgram(command, { core: proxyCore, port, env: settleable });
  return { ...running, port, configFile };
}
