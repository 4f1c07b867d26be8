import type { Api, Schemas } from '@averment/client';
import { answerOf } from './answers.ts';

export type Vocabulary = Schemas['Vocabulary'];

/** The words of the installation, which stay the same while it runs: asked for once. A question that failed is asked again. */
export const keepVocabulary = (): ((api: Api) => Promise<Vocabulary>) => {
  let asked: Promise<Vocabulary> | undefined;
  return (api) => {
    asked ??= answerOf(api.GET('/v1/vocabulary')).catch((error: unknown) => {
      asked = undefined;
      throw error;
    });
    return asked;
  };
};

/** A name of the vocabulary as people read it: `vehicle_motion` is vehicle motion. */
export const inWords = (name: string): string => name.replaceAll('_', ' ');
