import { editTag } from '@averment/domain';
import { editsOf, reviewOf, streamsOf } from './reviewing.ts';
import { send } from './sending.ts';
import type { World } from './world.ts';

/** What people do with an edit beside writing it and voting on it. Much of it is refused: it is not theirs to do, or the edit is not in a state for it. */

const acts = ['comment', 'resolve', 'handover', 'reopen', 'split', 'rebase', 'revert'] as const;

export const act = async (world: World, subject: string, key: string): Promise<void> => {
  const { random } = world;
  const all = random.chance(0.8) ? streamsOf(world, 'incident_') : [...streamsOf(world, 'source_'), ...streamsOf(world, 'party_')];
  const [stream] = random.shuffle(all);
  if (stream === undefined) return;
  const state = await reviewOf(world, stream);
  const [edit] = random.shuffle([...state.edits.values()]);
  if (edit === undefined) return;
  const which = random.pick(acts);
  const ref = { stream, edit: edit.edit };
  const [ifMatch, reason] = [[editTag(state, edit.edit)], `For ${key}.`];
  const comment = edit.comments.find(({ resolved }) => resolved === null)?.id ?? '';
  if (which === 'resolve' && comment === '') return;
  const path = `${editsOf(stream)}/${edit.edit}/${{ comment: 'comments', resolve: `comments/${comment}/resolve` }[which as string] ?? which}`;
  // Authors act on what is theirs, and who asked resolves it.
  const role = which === 'rebase' ? ('contributor' as const) : ('reviewer' as const);
  const by = which === 'rebase' ? edit.author : subject;
  const asks = <B extends object>(body: B) => ({ subject: by, role, key, path, body });
  switch (which) {
    case 'comment': {
      const said = { text: `What of ${key}?`, change: 0, inReplyTo: null };
      return void (await send(world, asks(said), ({ commands }, caller) =>
        commands.commentEdit(caller, { ...ref, ifMatch: null, ...said }),
      ));
    }
    case 'resolve':
      return void (await send(world, asks({}), ({ commands }, caller) => commands.resolveComment(caller, { ...ref, comment })));
    case 'handover': {
      const said = { to: random.pick(['p0', 'p1', 'p2']), reason };
      return void (await send(world, asks(said), ({ commands }, caller) => commands.handOverEdit(caller, { ...ref, ifMatch, ...said })));
    }
    case 'reopen':
      return void (await send(world, asks({ reason }), ({ commands }, caller) => commands.reopenEdit(caller, { ...ref, ifMatch, reason })));
    case 'split': {
      const said = { changes: [random.below(2)], reason };
      return void (await send(world, asks(said), ({ commands }, caller) => commands.splitEdit(caller, { ...ref, ifMatch, ...said })));
    }
    case 'rebase':
      return void (await send(world, asks({}), ({ commands }, caller) => commands.rebaseEdit(caller, { ...ref, ifMatch })));
    case 'revert':
      if (!stream.startsWith('incident_')) return;
      return void (await send(world, asks({ reason }), ({ commands }, caller) =>
        commands.revertEdit(caller, { incident: stream, edit: edit.edit, reason }),
      ));
    default:
      which satisfies never;
  }
};
