import { type DomainEvent, isSourceEvent, type NewEvent, type SourceEvent } from '../log/events.ts';
import { followStream, initialStream, type StreamState } from '../log/stream.ts';
import { accept, type Result, refuse, refuseFor } from '../values/errors.ts';
import type { SourceBody } from './shapes.ts';

/** A source: a document, its text in one or more revisions. Its events are `SourceRegistered`, `SourceTextRevised`, `SourceWithdrawn`. */

export type Source = StreamState & {
  /** As registered, without the text. Texts that were erased or not asked for are absent. */
  fields: Omit<SourceBody, 'text'> | null;
  /** By revision of the text less 1; null where it was erased or not asked for. */
  texts: (string | null)[];
  withdrawn: boolean;
  recordedAt: string | null;
};

/** The state of a stream without events. */
export const initialSource = (): Source => ({
  ...initialStream(),
  fields: null,
  texts: [],
  withdrawn: false,
  recordedAt: null,
});

const fold = (state: Source, event: SourceEvent): void => {
  switch (event.type) {
    case 'SourceRegistered': {
      const { text, ...fields } = event.data;
      state.fields = fields;
      state.texts = [text ?? null];
      return;
    }
    case 'SourceTextRevised':
      state.texts[event.data.revision - 1] = event.data.text ?? null;
      return;
    case 'SourceWithdrawn':
      state.withdrawn = true;
      return;
    default:
      event satisfies never;
  }
};

/** Folds one event into the state, in place, and returns it. Total, also on erased texts. */
export const evolveSource = (state: Source, event: DomainEvent): Source => {
  if (isSourceEvent(event)) fold(state, event);
  state.recordedAt = event.recordedAt;
  followStream(state, event);
  return state;
};

/** What the rules need to know of the source; undefined before it is registered. */
export const sourceFacts = ({ fields, texts, withdrawn }: Source): { textRevisions: number; withdrawn: boolean } | undefined =>
  fields ? { textRevisions: texts.length, withdrawn } : undefined;

/** Registering has a route. The other two are operations of this package, until changes of sources are reviewed. */
export type SourceCommand = { command: string; actor: string } & (
  | { kind: 'register'; body: SourceBody }
  | { kind: 'revise_text'; text: string; reason: string }
  | { kind: 'withdraw'; reason: string }
);

/** Decides a command on a source. An empty list: its events are in the state already. Refusals: `InvalidChange`, `AggregateState`, `NotFound`. */
export const decideSource = (state: Source, command: SourceCommand): Result<NewEvent[]> => {
  if (state.commands.has(command.command)) return accept([]);
  if (command.kind === 'register') {
    const { body } = command;
    if (state.fields) return refuse('AggregateState', 'This source is registered already.');
    const ofTranslation = (['translatedFrom', 'originalUrl'] as const).find((field) => body[field] !== null);
    if (ofTranslation !== undefined && body.translation === null) {
      return refuseFor([
        { code: 'InvalidChange', pointer: '/translation', message: `must be human or machine where ${ofTranslation} is given` },
      ]);
    }
    return accept([{ type: 'SourceRegistered', edit: null, data: body }]);
  }
  if (!state.fields) return refuse('NotFound', 'There is no such source.');
  if (state.withdrawn) return refuse('AggregateState', 'This source was withdrawn and takes no more changes.');
  if (command.kind === 'withdraw') return accept([{ type: 'SourceWithdrawn', edit: null, data: { reason: command.reason } }]);
  const { text, reason } = command;
  return accept([{ type: 'SourceTextRevised', edit: null, data: { revision: state.texts.length + 1, text, reason } }]);
};
