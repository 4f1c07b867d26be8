/** As much of it as tests use; the package has no types of its own. */
declare module 'oidc-provider' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

  type Token = { resourceServer?: unknown; save(): Promise<string> };
  export class Provider {
    constructor(issuer: string, configuration: object);
    callback(): RequestListener;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
    Client: { find(id: string): Promise<object | undefined> };
    Grant: new (
      of: object,
    ) => { addOIDCScope(scope: string): void; addResourceScope(resource: string, scope: string): void; save(): Promise<string> };
    AccessToken: new (
      of: object,
    ) => Token;
    ResourceServer: new (
      identifier: string,
      of: object,
    ) => unknown;
  }
}
