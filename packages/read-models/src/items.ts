/** What reads show of sources and parties; the projection keeps them in this very shape. Erased texts are null. */

export type SourceItem = {
  id: string;
  kind: string;
  url: string | null;
  publisher: string | null;
  title: string | null;
  authors: string[] | null;
  publishedAt: string | null;
  language: string;
  translation: 'human' | 'machine' | null;
  translatedFrom: string | null;
  /** Of the newest text, hex; null once that text is erased. */
  textSha256: string | null;
  /** Of the text, from 1. */
  revision: number;
  withdrawn: boolean;
  recordedAt: string;
};

export type PartyItem = {
  id: string;
  kind: string;
  name: string | null;
  aliases: string[] | null;
  private: boolean;
  publicRole: string | null;
  parent: string | null;
  recordedAt: string;
};
