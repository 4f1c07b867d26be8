import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';

type Part = { path: string; coding: string; bytes: number; body: Buffer };

/** An answer as it goes over the wire, coded as browsers take it. */
const fetched = (url: string, path: string): Promise<Part> =>
  new Promise((resolve, reject) => {
    const asked = request(new URL(path, url), { headers: { 'accept-encoding': 'gzip, deflate, br, zstd' } }, async (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${path} is ${answer.statusCode}`));
      const body = await buffer(answer);
      resolve({ path, coding: answer.headers['content-encoding'] ?? 'none', bytes: body.length, body });
    });
    asked.once('error', reject).end();
  });

/** What a browser fetches to show a page, without pictures: the document, its style sheets and modules. Headers are not counted. */
export const weigh = async (url: string, path: string): Promise<{ bytes: number; parts: Part[] }> => {
  const plain = await (await fetch(new URL(path, url))).text();
  const parts = [
    path,
    ...[...plain.matchAll(/(?:<link rel="stylesheet" href|<script type="module" src)="([^"]+)"/g)].map(([, one = '']) => one),
  ];
  const all = await Promise.all(parts.map((part) => fetched(url, part)));
  return { bytes: all.reduce((sum, { bytes }) => sum + bytes, 0), parts: all };
};
