/** A base URL as flags and service configs give it: without a scheme it is https; no slash at the end. */
export function toBaseUrl(text: string): string {
  const url = text.includes('://') ? text : `https://${text}`;
  return url.replace(/\/+$/, '');
}
