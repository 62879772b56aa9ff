import type { CorsFlags } from './cors-policy.ts';

/** The flags' defaults, but for the preset. Source: start_proxy.py. */
export const corsFlagDefaults: Omit<CorsFlags, 'preset'> = {
  allowOrigin: '*',
  allowOriginRegex: '',
  allowMethods: 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
  allowHeaders:
    'DNT,User-Agent,X-User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization',
  exposeHeaders: 'Content-Length,Content-Range',
  allowCredentials: false,
  maxAgeSeconds: 1_728_000,
};
