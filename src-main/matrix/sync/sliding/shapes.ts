import { type Static, type TProperties, Type } from 'typebox';
import { invalidParam } from '../../../spec/errors.js';
import type { ExtensionsRequest, RoomFilter, RoomSelector } from './request.js';

/** Most lists, and most rooms subscribed to, in one request. */
const MOST = 100;
const MOST_ELEMENTS = 500;

/** An object with at most 100 keys that are not too long. */
export const named = <T extends TProperties>(keyLength: number, properties: T) =>
  Type.Record(Type.String({ pattern: `^[\\s\\S]{0,${keyLength}}$` }), Type.Object(properties), {
    maxProperties: MOST,
    additionalProperties: false,
  });

export const elements = <T extends TProperties>(properties: T) =>
  Type.Array(Type.Object(properties), { maxItems: MOST_ELEMENTS });

const texts = () => Type.Optional(Type.Union([Type.Array(Type.String(), { maxItems: MOST_ELEMENTS }), Type.Null()]));
const flag = () => Type.Optional(Type.Union([Type.Boolean(), Type.Null()]));
const roomTypes = () =>
  Type.Optional(
    Type.Union([Type.Array(Type.Union([Type.String(), Type.Null()]), { maxItems: MOST_ELEMENTS }), Type.Null()]),
  );

/** What both dialects filter by. */
export const filterShape = {
  is_dm: flag(),
  is_encrypted: flag(),
  room_types: roomTypes(),
  not_room_types: roomTypes(),
  tags: texts(),
  not_tags: texts(),
  spaces: texts(),
  room_name_like: Type.Optional(Type.Union([Type.String({ maxLength: 255 }), Type.Null()])),
};
const anyFilter = Type.Object(filterShape);

export const filterOf = (given: Static<typeof anyFilter>, isInvited: boolean | null | undefined): RoomFilter => ({
  isDm: given.is_dm ?? undefined,
  isEncrypted: given.is_encrypted ?? undefined,
  isInvited: isInvited ?? undefined,
  roomTypes: given.room_types ?? undefined,
  notRoomTypes: given.not_room_types ?? undefined,
  tags: given.tags ?? undefined,
  notTags: given.not_tags ?? undefined,
  spaces: given.spaces ?? undefined,
  nameLike: given.room_name_like ?? undefined,
});

/** 0 to 2^53 - 1; more than anybody needs is as good as a lot. */
export const count = () => Type.Integer({ minimum: 0 });
export const range = () => Type.Tuple([count(), count()]);

const selector = () => Type.Optional(Type.Object({ enabled: flag(), lists: texts(), rooms: texts() }));

/** Not in the spec yet: MSC4308. */
export const THREADS = 'io.element.msc4308.thread_subscriptions';

/** Extensions are the same in both dialects; those that we do not know are nobody's mistake. */
export const extensionsShape = Type.Optional(
  Type.Object({
    to_device: Type.Optional(
      Type.Object({
        enabled: flag(),
        since: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        limit: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
      }),
    ),
    e2ee: Type.Optional(Type.Object({ enabled: flag() })),
    account_data: selector(),
    receipts: selector(),
    typing: selector(),
    [THREADS]: Type.Optional(
      Type.Object({ enabled: flag(), limit: Type.Optional(Type.Union([Type.Integer(), Type.Null()])) }),
    ),
  }),
);

/** @throws MatrixError M_INVALID_PARAM */
export function extensionsOf(given: Static<typeof extensionsShape> | undefined): ExtensionsRequest {
  const toDevice = given?.to_device;
  return {
    toDevice:
      toDevice?.enabled === true
        ? { since: toDeviceSince(toDevice.since ?? undefined), limit: limitOf(toDevice.limit ?? undefined) }
        : undefined,
    e2ee: given?.e2ee?.enabled === true,
    accountData: selectorOf(given?.account_data),
    receipts: selectorOf(given?.receipts),
    typing: selectorOf(given?.typing),
    threadSubscriptions:
      given?.[THREADS]?.enabled === true
        ? { limit: Math.min(limitOf(given[THREADS].limit ?? undefined) ?? 100, MOST) }
        : undefined,
  };
}

function toDeviceSince(since: string | undefined): number {
  if (since === undefined || since === '') return 0;
  if (!/^\d{1,15}$/.test(since)) throw invalidParam('extensions.to_device.since is not a next_batch of this server');
  return Number(since);
}

const limitOf = (limit: number | undefined): number | undefined =>
  limit === undefined ? undefined : Math.max(1, limit);

const selectorOf = (given: Static<ReturnType<typeof selector>> | undefined): RoomSelector | undefined =>
  given?.enabled === true ? { lists: given.lists ?? ['*'], rooms: given.rooms ?? ['*'] } : undefined;

export const PRESENCES = ['online', 'offline', 'unavailable'] as const;
export type PresenceWish = (typeof PRESENCES)[number];
