import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Of the window of which a picture is made, in CSS pixels. */
export const pictureSize = { width: 1000, height: 1400 };
const folder = join(import.meta.dirname, '..', '..', 'docs', 'desk');

/** Makes a picture of what a page shows from its top, no longer than the page, in docs/desk. Answers where it lies. */
export const picture = async (page: Page, name: string): Promise<string> => {
  await mkdir(folder, { recursive: true });
  const { width, height } = pictureSize;
  const bottom = Math.ceil(await page.evaluate(() => document.body.getBoundingClientRect().bottom + scrollY));
  await page.setViewportSize({ width, height: Math.min(bottom, height) });
  const path = join(folder, `${name}.webp`);
  await page.screenshot({ path, type: 'webp', quality: 80, scale: 'css', animations: 'disabled', caret: 'hide' });
  await page.setViewportSize(pictureSize);
  return path;
};
