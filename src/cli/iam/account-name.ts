/** The resource name of a service account, known by its email or unique id, in whatever project it is. */
export function accountName(emailOrId: string): string {
  return `projects/-/serviceAccounts/${emailOrId}`;
}
