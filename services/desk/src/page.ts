import type { Api } from '@averment/client';
import type { Html } from './html.ts';
import type { Me } from './session.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What a handler makes: the inside of a page. The frame around it is `frame.ts`'s. */
export type Page = {
  /** The page's heading and the browser's title, as plain text. */
  title: string;
  /** What stands in the place of the heading where that is more than its text. It holds the page's only `h1`. */
  heading?: Html;
  body: Html;
  /** 200 unless it is said. */
  status?: number;
  /** In a sentence, for those who list pages. */
  description?: string;
  /** Further elements of the head: links to feeds, data blocks. */
  head?: Html;
  /** Where the page stands: the pages above it, the uppermost first. */
  above?: readonly { href: string; text: string }[];
  headers?: Readonly<Record<string, string>>;
  /** Names of modules in `browser/` that make the page better to use. It works without them. */
  scripts?: readonly string[];
};

/** The answer to a form that did what it was to do: the browser goes on to this address of ours, or to the provider's. */
export type Onward = { onward: string };
/** What is no page: a feed, a file. */
export type Sent = { sent: string | Buffer; type: string; headers?: Readonly<Record<string, string>> };

/** A form as it was sent: each field by its name. */
export type Form = {
  /** The first of that name, without the blanks around it; empty where there is none. */
  text(name: string): string;
  /** All of that name, in their order. */
  all(name: string): string[];
  /** A file that was chosen, or null. */
  file(name: string): { name: string; type: string; bytes: Buffer } | null;
  /** All fields but the token, to be shown again. */
  fields: readonly (readonly [string, string])[];
};

export type Organisation = {
  /** The address of the provider's to which the browser goes; once it has signed somebody in, they come `back`. */
  begin(back: string): Promise<string>;
  /** What the provider gives for what the browser brought back. Throws `NotSignedIn`. */
  end(): Promise<{ token: string; seconds: number | undefined; back: string }>;
};

export type Asked = {
  /** The product, as whoever asks may use it. */
  api: Api;
  /** The words of this installation. */
  vocabulary(): Promise<Vocabulary>;
  /** Who has signed in, or null. What they may do, the API alone decides. */
  me: Me | null;
  path: Readonly<Record<string, string>>;
  query: URLSearchParams;
  form: Form;
  /** The address that was asked for, as path and query. */
  here: string;
  /** The address of this installation, as `https://record.example`. */
  origin: string;
  /** A form that changes something: it carries the token without which it would not be taken. `attributes` are further ones of the form. */
  sends(action: string, inside: Html, attributes?: Html): Html;
  /** A new key for a request that is not to be carried out twice; a form carries it as `idempotencyKey`. */
  newKey(): string;
  /** Signs in, or out by null. The session is over after so many seconds, and at the latest after a working day. Throws `CookieTooLong`. */
  signIn(me: Me | null, seconds?: number): Promise<void>;
  /** Sign-in by the installation's OpenID provider; null where there is none. */
  organisation: Organisation | null;
};

export type PageSpec = {
  /** GET unless it is said. */
  method?: 'GET' | 'POST';
  /** As Fastify writes it: `/incidents/:id`. */
  path: string;
  /** For those who have signed in; others are asked to. */
  signedIn?: boolean;
  /** Takes files. */
  files?: boolean;
  /** Changed or not, it is sent anew to whoever asks: it shows something that is the asker's alone, or that only ever is said once. */
  handle(asked: Asked): Promise<Page | Onward | Sent>;
};

/** Checks a page's types where it is written. */
export const page = (spec: PageSpec): PageSpec => spec;
