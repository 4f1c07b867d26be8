import { UsersService } from '@eventstore/db-client/generated/users_grpc_pb.js';
import users from '@eventstore/db-client/generated/users_pb.js';
import { Metadata, type Server, type ServerUnaryCall, type ServerWritableStream, type sendUnaryData, status } from '@grpc/grpc-js';
import type { StandInLog } from './log.ts';

// Who may do what, as a real EventStoreDB 23.10.6 with passwords was seen to judge it.

export type Action = '$r' | '$w' | '$d' | '$mr' | '$mw';
type Acl = Partial<Record<Action, string | string[]>>;
type User = { password: string; groups: string[]; disabled: boolean };

const openToAll: Acl = { $r: '$all', $w: '$all', $d: '$all', $mr: '$all', $mw: '$all' };
const forAdmins: Acl = { $r: '$admins', $w: '$admins', $d: '$admins', $mr: '$admins', $mw: '$admins' };

const errorOf = (code: status, details: string, exception: string) => {
  const metadata = new Metadata();
  metadata.set('exception', exception);
  return Object.assign(new Error(details), { code, details, metadata });
};
const unauthenticated = () => Object.assign(new Error('Unauthenticated'), { code: status.UNAUTHENTICATED, details: 'Unauthenticated' });
export const denied = () => errorOf(status.PERMISSION_DENIED, 'Access Denied', 'access-denied');

/** `passwords` are those of `admin` and `ops`. */
export const createAccess = (log: Pick<StandInLog, 'stream'>, passwords: { admin: string; ops: string }) => {
  const known = new Map<string, User>([
    ['admin', { password: passwords.admin, groups: ['$admins'], disabled: false }],
    ['ops', { password: passwords.ops, groups: ['$ops'], disabled: false }],
  ]);

  const lastOf = (stream: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(log.stream(stream).at(-1)?.data ?? Buffer.from('{}')).toString()) as Record<string, unknown>;

  /** The caller's name; null for nobody in particular. Throws for a user who is not known by this password. */
  const callerOf = (metadata: Metadata): string | null => {
    const [header] = metadata.get('authorization');
    if (header === undefined) return null;
    const [name = '', password] = Buffer.from(String(header).replace('Basic ', ''), 'base64').toString().split(':');
    const user = known.get(name);
    if (user === undefined || user.disabled || user.password !== password) throw unauthenticated();
    return name;
  };

  const isAdmin = (name: string): boolean => known.get(name)?.groups.includes('$admins') === true;

  /** A metastream is judged by its stream's rights to metadata. */
  const may = (metadata: Metadata, action: Action, stream: string): boolean => {
    const caller = callerOf(metadata);
    if (caller === null) return false;
    if (isAdmin(caller)) return true;
    if (stream.startsWith('$$')) return may(metadata, action === '$r' ? '$mr' : '$mw', stream.slice(2));
    const own = (lastOf(`$$${stream}`).$acl ?? {}) as Acl;
    const set = lastOf('$settings') as { $userStreamAcl?: Acl; $systemStreamAcl?: Acl };
    const byDefault = stream.startsWith('$') ? { ...forAdmins, ...set.$systemStreamAcl } : { ...openToAll, ...set.$userStreamAcl };
    const roles = [own[action] ?? byDefault[action] ?? []].flat();
    return roles.some((role) => role === '$all' || role === caller || known.get(caller)?.groups.includes(role) === true);
  };

  const serve = (server: Server): void => {
    type Asked = { getOptions(): { getLoginName(): string } | undefined };
    /** Only admins manage users; anybody known may ask about themselves. */
    const asked = (call: { metadata: Metadata; request: Asked }, own = false): [string, User | undefined] => {
      const caller = callerOf(call.metadata);
      const name = call.request.getOptions()?.getLoginName() ?? '';
      if (caller === null || !(isAdmin(caller) || (own && caller === name))) throw denied();
      return [name, known.get(name)];
    };
    const managed =
      <Q extends Asked, A>(answer: A, change: (name: string, user: User | undefined, request: Q) => void) =>
      (call: ServerUnaryCall<Q, A>, done: sendUnaryData<A>) => {
        try {
          change(...asked(call), call.request);
          done(null, answer);
        } catch (error) {
          done(error as Error);
        }
      };
    server.addService(UsersService, {
      create: managed(new users.CreateResp(), (name, _, request: users.CreateReq) => {
        const options = request.getOptions();
        known.set(name, { password: options?.getPassword() ?? '', groups: options?.getGroupsList() ?? [], disabled: false });
      }),
      resetPassword: managed(new users.ResetPasswordResp(), (_, user, request: users.ResetPasswordReq) => {
        if (user) user.password = request.getOptions()?.getNewPassword() ?? '';
      }),
      enable: managed(new users.EnableResp(), (_, user, _request: users.EnableReq) => {
        if (user) user.disabled = false;
      }),
      disable: managed(new users.DisableResp(), (_, user, _request: users.DisableReq) => {
        if (user) user.disabled = true;
      }),
      update: managed(new users.UpdateResp(), (_, user, request: users.UpdateReq) => {
        if (user) user.groups = request.getOptions()?.getGroupsList() ?? [];
      }),
      delete: managed(new users.DeleteResp(), (name, _, _request: users.DeleteReq) => void known.delete(name)),
      changePassword: (_: unknown, done: sendUnaryData<users.ChangePasswordResp>) => done({ code: status.UNIMPLEMENTED }),
      details: (call: ServerWritableStream<users.DetailsReq, users.DetailsResp>) => {
        try {
          const [name, user] = asked(call, true);
          if (user === undefined) throw Object.assign(new Error('User Not Found'), { code: status.NOT_FOUND });
          const found = new users.DetailsResp.UserDetails().setLoginName(name).setFullName(name).setGroupsList(user.groups);
          call.write(new users.DetailsResp().setUserDetails(found.setDisabled(user.disabled)));
          call.end();
        } catch (error) {
          call.emit('error', error);
        }
      },
    });
  };

  return { callerOf, may, serve };
};
