/** The services that this control plane serves itself, by name: every project may enable them. */
export const platformServices: Readonly<Record<string, string>> = {
  'apikeys.googleapis.com': 'API Keys API',
  'cloudresourcemanager.googleapis.com': 'Cloud Resource Manager API',
  'cloudtrace.googleapis.com': 'Cloud Trace API',
  'endpoints.googleapis.com': 'Google Cloud Endpoints',
  'iam.googleapis.com': 'Identity and Access Management (IAM) API',
  'iamcredentials.googleapis.com': 'IAM Service Account Credentials API',
  'logging.googleapis.com': 'Cloud Logging API',
  'monitoring.googleapis.com': 'Cloud Monitoring API',
  'servicecontrol.googleapis.com': 'Service Control API',
  'servicemanagement.googleapis.com': 'Service Management API',
  'serviceusage.googleapis.com': 'Service Usage API',
};
