import { tagCase } from '@averment/commands/testing';
import { standardVocabulary } from '@averment/domain';

/** What is the same for all documents of a test. */
export const installed = { vocabulary: standardVocabulary, tagCase };
