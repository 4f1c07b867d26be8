import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A service of the compose file, of which only what the tests look at is named here. */
export type Service = {
  image: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  secrets?: (string | { source: string; target?: string })[];
  profiles?: string[];
  ports?: string[];
  networks: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[]; start_period?: string };
  restart?: string;
  deploy?: { replicas: number };
};

type Compose = {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
  volumes: Record<string, object>;
  secrets: Record<string, { file: string }>;
};

/** The compose file asks for a variable that is not set. */
class Unset extends Error {
  override readonly name = 'Unset';
}

export const composeText = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8');

const expression = /\$(?:\$|\{(?<name>[A-Za-z_]\w*)(?:(?<kind>:[-?])(?<rest>[^}]*))?\}|(?<other>.?))/g;

/** Puts in the variables as Docker Compose does: `${NAME}`, `${NAME:-default}` and `${NAME:?message}`; an empty one counts as not set. */
const interpolate = (text: string, variables: Readonly<Record<string, string>>): string =>
  text.replaceAll(expression, (found, ...more) => {
    const { name, kind, rest = '', other } = more.at(-1) as Record<string, string | undefined>;
    if (found === '$$') return '$';
    if (name === undefined) throw new Error(`this is not read here: ${found}${other ?? ''}`);
    const value = variables[name] ?? '';
    if (value !== '') return value;
    if (kind === ':?') throw new Unset(`${name}: ${rest}`);
    return kind === ':-' ? rest : '';
  });

const each = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((one) => each(one, change));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, each(one, change)]));
};

/** The compose file as Docker Compose would take it with these variables. Throws `Unset` where one is missing that it insists on. */
export const compose = (variables: Readonly<Record<string, string>>, text: string = composeText): Compose => {
  const { services, networks, volumes, secrets } = parse(text, { merge: true });
  // A network may be named alone, or with what a service is called in it.
  for (const service of Object.values(services as Record<string, { networks: string[] | object }>))
    if (!Array.isArray(service.networks)) service.networks = Object.keys(service.networks);
  return each({ services, networks, volumes, secrets }, (one) => interpolate(one, variables)) as Compose;
};

/** Values for everything that the compose file insists on. */
export const variables = {
  POSTGRES_PASSWORD: 'a1b2',
  REDIS_PASSWORD: 'c3d4',
  EVENTSTORE_PASSWORD: 'e5f6',
  EVENTSTORE_ADMIN_PASSWORD: 'a7b8',
  EVENTSTORE_OPS_PASSWORD: 'c9d0',
  EVENTSTORE_CERTIFICATES: '/somewhere/certificates',
  SERVER_KEY_FILE: '/somewhere/server.key',
};

/** The services that `docker compose up` starts. */
export const startedOf = ({ services }: Compose): [string, Service][] =>
  Object.entries(services).filter(([, { profiles = [] }]) => profiles.length === 0);

/** Those of them that run this project's image and stand on the stores: all but the desk. */
export const programsOf = (file: Compose): [string, Service][] =>
  startedOf(file).filter(([name, { build }]) => build !== undefined && name !== 'desk');
