/** Whether a URL leads to this machine, where nobody is on the way. */
export function isLoopback(url: string): boolean {
  return /^[a-z]+:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?:[:/?#]|$)/i.test(url);
}
