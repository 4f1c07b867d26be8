import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A service that answers as a test says, on a free port, and ends with the test. */
export const startStandIn = async (
  t: { teardown(run: () => void): void },
  answer: (request: IncomingMessage & { text: string }, response: ServerResponse) => void,
): Promise<string> => {
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    answer(Object.assign(request, { text }), response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
};

/** Answers with JSON. */
export const says = (response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void => {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': type, ...headers }).end(JSON.stringify(body));
};
