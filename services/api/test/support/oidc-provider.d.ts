/** As much of it as tests use; the package has no types of its own. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  type Token = { resourceServer?: unknown; save(): Promise<string> };
  export class Provider {
    constructor(issuer: string, configuration: object);
    callback(): RequestListener;
    Client: { find(id: string): Promise<object | undefined> };
    AccessToken: new (
      of: object,
    ) => Token;
    ResourceServer: new (
      identifier: string,
      of: object,
    ) => unknown;
  }
}
