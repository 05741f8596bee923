/**
 * The http or https address of a service, null for any other text. One with a user, a query or a fragment is none: these may
 * hold secrets, and an address is shown in messages.
 */
export function serviceUrl(text: string): URL | null {
  const url = URL.parse(text.trim());
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  return url.username + url.password + url.search + url.hash === '' ? url : null;
}
