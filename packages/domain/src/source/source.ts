import { type DomainEvent, isSourceEvent, type NewEvent, type SourceEvent } from '../log/events.ts';
import { followStream } from '../log/stream.ts';
import { corrected } from '../register/correction.ts';
import { decideEdits, type EditCommand, type Reviewed } from '../register/decide.ts';
import { evolveEdits, noteWritten } from '../register/evolve.ts';
import type { RegisterFacts } from '../register/kind.ts';
import { initialReview } from '../review/edit.ts';
import { accept, type Problem, type Result, refuse, refuseFor } from '../values/errors.ts';
import { translatedBy } from './changes/correct-source.ts';
import { type SentSourceChange, type SourceChange, sourceChanges } from './changes/index.ts';
import type { Imported } from './imported.ts';
import type { SourceBody } from './shapes.ts';
import type { Source, SourceFacts, SourceRecord } from './state.ts';

/** A source: a document, its text in one or more revisions. */

/** The state of a stream without events. */
export const initialSource = (): Source => ({
  ...initialReview<SourceChange>(),
  fields: null,
  texts: [],
  extraction: null,
  originalKept: false,
  withdrawn: false,
  textsAt: new Map(),
  erasedTexts: new Set(),
  recordedAt: null,
  version: 0,
  restricted: new Map(),
});

/** Folds what an event says of the source, and answers the keys that it wrote. */
const fold = (state: Source, event: SourceEvent): string[] => {
  switch (event.type) {
    case 'SourceRegistered': {
      const { text, extraction, ...fields } = event.data;
      state.fields = fields;
      state.extraction = extraction;
      // Null of a film without a transcript; a text that was erased, or not asked for, is absent.
      state.texts = text === null ? [] : [text ?? null];
      state.textsAt.set(event.revision, 1);
      state.recordedAt = event.recordedAt;
      state.version = 1;
      return [];
    }
    case 'SourceOriginalKept':
      state.originalKept = event.data.bytes !== undefined;
      return [];
    case 'SourceCorrected':
      if (state.fields) state.fields = corrected(state.fields, event.data);
      return event.data.fields.map((field) => `field:${field}`);
    case 'SourceTextRevised':
      state.texts[event.data.revision - 1] = event.data.text ?? null;
      state.textsAt.set(event.revision, event.data.revision);
      return ['text'];
    case 'SourceWithdrawn':
      state.withdrawn = true;
      return ['status'];
    default:
      return event satisfies never;
  }
};

/** Folds one event into the state, in place, and returns it. Total, also on erased texts. */
export const evolveSource = (state: Source, event: DomainEvent): Source => {
  if (isSourceEvent(event)) noteWritten(state, event, fold(state, event));
  else evolveEdits(state, event);
  if (event.type === 'TextErased') {
    const texts = event.data.items.filter(({ pointer }) => pointer === '/text').map(({ revision }) => state.textsAt.get(revision));
    for (const text of texts) if (text !== undefined) state.erasedTexts.add(text);
  }
  followStream(state, event);
  return state;
};

/** What the rules need to know of the source; undefined before it is registered. */
export const sourceFacts = ({ fields, texts, withdrawn, erasedTexts }: SourceRecord): SourceFacts | undefined => {
  if (fields === null) return undefined;
  const facts = { textRevisions: texts.length, isFilm: fields.kind === 'video', withdrawn };
  return erasedTexts.size === 0 ? facts : { ...facts, erased: erasedTexts };
};

/** What is special to the edits of sources. */
export const reviewedSource: Reviewed<Source, SentSourceChange, SourceChange> = {
  what: 'source',
  table: sourceChanges,
  closed: ({ withdrawn }) => (withdrawn ? 'This source was withdrawn and takes no more changes.' : null),
};

/** `imported`: what the text was read from; absent where it was sent as a text. */
type Register = { kind: 'register'; body: SourceBody; imported?: Imported; command: string; actor: string };
export type SourceCommand = Register | EditCommand<SourceChange>;

const register = (state: Source, { body, imported }: Register, { sources }: RegisterFacts): Result<NewEvent[]> => {
  if (state.fields) return refuse('AggregateState', 'This source is registered already.');
  const field = translatedBy(body);
  const { translationOf } = body;
  const problems: Problem[] = [];
  const report = (pointer: string, message: string) => problems.push({ code: 'InvalidChange', pointer, message });
  if (field !== undefined) report('/translation', `must be human or machine where ${field} is given`);
  if (translationOf !== null && !sources(translationOf)) report('/translationOf', `there is no source ${translationOf}`);
  const [problem, ...more] = problems;
  if (problem) return refuseFor([problem, ...more]);
  const { extraction = null, bytes = null } = imported ?? {};
  const kept: NewEvent[] = bytes === null ? [] : [{ type: 'SourceOriginalKept', edit: null, data: { revision: 1, bytes } }];
  return accept([{ type: 'SourceRegistered', edit: null, data: { ...body, extraction } }, ...kept]);
};

/** Decides a command on a source. An empty list: its events are in the state already. Refusals: `InvalidChange`, `AggregateState`, `NotFound`, those of the review. */
export const decideSource = (state: Source, command: SourceCommand, facts: RegisterFacts): Result<NewEvent[]> => {
  if (state.commands.has(command.command)) return accept([]);
  return command.kind === 'register' ? register(state, command, facts) : decideEdits(reviewedSource, state, command, facts);
};

/**
 * The event by which the newest text goes on as `text`, after a passage of it was erased. No edit asks for it, so it has no `why` and makes no version. None
 * once the source is withdrawn: of that no text is made.
 */
export const withoutPassage = ({ texts, withdrawn }: SourceRecord, text: string, reason: string): NewEvent[] =>
  withdrawn
    ? []
    : [{ type: 'SourceTextRevised', edit: null, data: { revision: texts.length + 1, text, why: null, reason, citations: [] } }];
