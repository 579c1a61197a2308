import { secureHeaders } from 'hono/secure-headers';

const SELF = "'self'";
const NONE = "'none'";

/**
 * The headers of every answer. Scripts and styles come from this server alone, none stands in a page: text that reached a page as
 * markup, past all escaping, would still not run.
 */
export const securityHeaders = () =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: [NONE],
      scriptSrc: [SELF],
      styleSrc: [SELF],
      imgSrc: [SELF, 'data:'],
      connectSrc: [SELF],
      formAction: [SELF],
      baseUri: [NONE],
      frameAncestors: [NONE],
    },
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
    // Said by whoever ends TLS; over plain HTTP browsers ignore it.
    strictTransportSecurity: false,
    permissionsPolicy: { camera: false, microphone: false, geolocation: false },
  });
