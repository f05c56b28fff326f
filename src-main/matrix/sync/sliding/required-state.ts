import type { StateKey } from '../../../spec/event.js';

/** Entries of the state: what is undefined matches all. */
export interface StateElement {
  readonly type?: string;
  readonly stateKey?: string;
}

/** Which state a client wants of a room. */
export interface RequiredState {
  readonly include: readonly StateElement[];
  readonly exclude: readonly StateElement[];
  /** members as they are needed for the timeline; wildcards that do not name the type then mean no members */
  readonly lazyMembers: boolean;
}

export const MEMBER = 'm.room.member';

interface Entry {
  readonly type: string;
  readonly stateKey: string | undefined;
}

const fits = (element: StateElement, { type, stateKey }: Entry): boolean =>
  (element.type === undefined || element.type === type) &&
  (element.stateKey === undefined || element.stateKey === stateKey);

/** Whether any of `wanted` includes an entry by itself; members that are only lazily wanted are not. */
export const isRequired = (wanted: readonly RequiredState[], entry: Entry): boolean =>
  wanted.some(({ include, exclude, lazyMembers }) => {
    const mayInclude = (element: StateElement) =>
      entry.type !== MEMBER || !lazyMembers || element.type !== undefined || element.stateKey !== undefined;
    return (
      include.some((element) => mayInclude(element) && fits(element, entry)) &&
      !exclude.some((element) => fits(element, entry))
    );
  });

export const wantsLazyMembers = (wanted: readonly RequiredState[]): boolean =>
  wanted.some(({ lazyMembers }) => lazyMembers);

/** What has to be read to find all required entries. */
export interface StateNeeds {
  readonly keys: readonly StateKey[];
  readonly types: readonly string[];
  /** entries of unknown types are wanted: everything, with or without the members */
  readonly everything: 'no' | 'but members' | 'with members';
}

export function needsOf(wanted: readonly RequiredState[]): StateNeeds {
  const keys: StateKey[] = [];
  const types = new Set<string>();
  let everything: StateNeeds['everything'] = 'no';
  for (const { include, lazyMembers } of wanted) {
    for (const { type, stateKey } of include) {
      if (type !== undefined && stateKey !== undefined) keys.push([type, stateKey]);
      else if (type !== undefined) types.add(type);
      else if (stateKey?.startsWith('@') || (stateKey === undefined && !lazyMembers)) everything = 'with members';
      else if (everything === 'no') everything = 'but members';
    }
  }
  return { keys, types: [...types], everything };
}

/** Members that are wanted by name, as opposed to lazily: all, some, or none. */
export const needsMembers = (wanted: readonly RequiredState[]): boolean =>
  wanted.some(({ include, lazyMembers }) =>
    include.some(
      ({ type, stateKey }) => type === MEMBER || (type === undefined && (stateKey !== undefined || !lazyMembers)),
    ),
  );

/** All of several wishes, each once. */
export function union(...wishes: readonly (readonly RequiredState[])[]): RequiredState[] {
  const byText = new Map(wishes.flat().map((wanted) => [JSON.stringify(wanted), wanted]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, wanted]) => wanted);
}

/** Whether whoever was sent all of `before` has all of `wanted`: true only where that is plain to see. */
export const isCovered = (before: readonly RequiredState[], wanted: readonly RequiredState[]): boolean =>
  wanted.every(({ include, lazyMembers }) =>
    before.some((wish) => {
      const known = new Set(wish.include.map((element) => JSON.stringify(element)));
      const isAll = include.every((element) => known.has(JSON.stringify(element)));
      return isAll && wish.exclude.length === 0 && wish.lazyMembers === lazyMembers;
    }),
  );
