/** Labels that a proxy sets itself, whether the service config declares them or not. */
export const systemLabels = {
  callerIp: 'servicecontrol.googleapis.com/caller_ip',
  referer: 'servicecontrol.googleapis.com/referer',
  androidPackageName: 'servicecontrol.googleapis.com/android_package_name',
  androidCertFingerprint: 'servicecontrol.googleapis.com/android_cert_fingerprint',
  iosBundleId: 'servicecontrol.googleapis.com/ios_bundle_id',
  userAgent: 'servicecontrol.googleapis.com/user_agent',
  serviceAgent: 'servicecontrol.googleapis.com/service_agent',
  platform: 'servicecontrol.googleapis.com/platform',
  backendProtocol: 'servicecontrol.googleapis.com/backend_protocol',
  location: 'cloud.googleapis.com/location',
  consumerProject: 'serviceruntime.googleapis.com/consumer_project',
} as const;

/** The proxy as it names itself. */
export interface CallerIdentity {
  readonly serviceName: string;
  /** `ESP` or `ESPv2`. */
  readonly userAgent: string;
  /** `ESP/1.58.0` or `ESPv2/2.55.7`. */
  readonly serviceAgent: string;
}

/** A fresh label map with who is asking. */
export function agentLabels(caller: CallerIdentity): Record<string, string> {
  return { [systemLabels.userAgent]: caller.userAgent, [systemLabels.serviceAgent]: caller.serviceAgent };
}
