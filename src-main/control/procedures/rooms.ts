import { Type } from 'typebox';
import { ControlError, procedures } from '../procedure.js';
import type { ServerHost } from '../server-host.js';

const closed = { additionalProperties: false } as const;
const roomId = Type.String({ pattern: '^!', minLength: 2, maxLength: 255 });
const room = Type.Object({ roomId }, closed);
const history = Type.Object({ roomId, before: Type.Integer({ minimum: 0 }), ours: Type.Boolean() }, closed);

/** Rooms: what they are and take, who may find them and come in, and what is removed of them. */
export const roomProcedures = (host: ServerHost) =>
  procedures({
    ...roomReadings(host),
    'rooms.setPublic': {
      input: Type.Object({ roomId, isPublic: Type.Boolean() }, closed),
      async run({ roomId: id, isPublic }, { announce, log }) {
        await host.rooms().setPublic(id, isPublic);
        log.info('a room’s place in the directory was changed from the console', { roomId: id, isPublic });
        announce('rooms.changed');
      },
    },
    'rooms.block': {
      input: room,
      async run({ roomId: id }, { announce, log }) {
        await host.rooms().block(id);
        log.info('a room was blocked from the console', { roomId: id });
        announce('rooms.changed');
      },
    },
    'rooms.unblock': {
      input: room,
      async run({ roomId: id }, { announce, log }) {
        await host.rooms().unblock(id);
        log.info('a room was unblocked from the console', { roomId: id });
        announce('rooms.changed');
      },
    },
    'rooms.makeAdmin': {
      input: Type.Object({ roomId, userId: Type.String({ pattern: '^@[^:]+:.+$', maxLength: 255 }) }, closed),
      async run({ roomId: id, userId }, { announce, log }) {
        await host.rooms().makeAdmin(id, userId);
        log.info('an administrator of a room was made from the console', { roomId: id, userId });
        announce('rooms.changed');
      },
    },
    'rooms.remove': {
      input: Type.Object(
        {
          roomId,
          block: Type.Boolean(),
          erase: Type.Boolean(),
          message: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })),
        },
        closed,
      ),
      async run(given, { announce, log }) {
        const begun = await host.rooms().remove(given);
        const { block, erase } = given;
        log.info('a room is being removed from the console', { roomId: given.roomId, block, erase });
        announce('rooms.changed');
        return begun;
      },
    },
    'rooms.clearHistory': {
      input: history,
      async run(given, { announce, log }) {
        const begun = await host.rooms().clearHistory(given);
        log.info('history is being removed from the console', { roomId: given.roomId, before: given.before });
        announce('rooms.changed');
        return begun;
      },
    },
    'rooms.cancelRemoval': {
      input: Type.Object({ id: Type.String({ maxLength: 64 }) }, closed),
      async run({ id }, { announce }) {
        await host.rooms().cancelRemoval(id);
        announce('rooms.changed');
      },
    },
  });

const roomReadings = (host: ServerHost) =>
  procedures({
    'rooms.list': {
      input: Type.Object(
        {
          search: Type.Optional(Type.String({ maxLength: 255 })),
          filter: Type.Optional(Type.Enum(['all', 'spaces', 'rooms', 'empty', 'public', 'blocked'])),
          order: Type.Optional(Type.Enum(['name', 'members', 'local', 'events', 'bytes', 'active'])),
          descending: Type.Optional(Type.Boolean()),
          after: Type.Optional(Type.String({ pattern: '^[0-9]{1,9}$' })),
        },
        closed,
      ),
      run: (query) => host.rooms().list(query),
    },
    'rooms.detail': {
      input: room,
      async run({ roomId: id }) {
        const found = await host.rooms().detail(id);
        if (!found) throw new ControlError('M_NOT_FOUND', 'this server does not know that room');
        return found;
      },
    },
    'rooms.people': { input: room, run: ({ roomId: id }) => host.rooms().people(id) },
    'rooms.spaces': { input: Type.Undefined(), run: () => host.rooms().spaces() },
    'rooms.blocked': {
      input: Type.Object({ after: Type.Optional(Type.String({ maxLength: 255 })) }, closed),
      run: ({ after = '' }) => host.rooms().blocked(after),
    },
    'rooms.historyPreview': { input: history, run: (given) => host.rooms().historyAmount(given) },
    'rooms.removals': {
      input: Type.Object({ roomId: Type.Optional(roomId) }, closed),
      run: ({ roomId: id }) => host.rooms().removals(id),
    },
  });
