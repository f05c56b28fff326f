import type { DirectoryRule, RoomPolicyConfig } from '../../config/config.js';
import { type Glob, globMatches, parseStars } from '../../spec/glob.js';
import type { RoomAlias, RoomId, UserId } from '../../spec/ids.js';

interface ParsedRule {
  readonly userId: Glob;
  readonly roomId: Glob;
  readonly alias: Glob;
  /** it speaks of rooms without a name too */
  readonly everyAlias: boolean;
  readonly allows: boolean;
}

/** Who may name rooms, and who may show them in the directory, as the configuration says; the first rule that fits decides. */
export class DirectoryRules {
  readonly #naming: readonly ParsedRule[];
  readonly #publishing: readonly ParsedRule[];

  constructor({ aliasRules, publicationRules }: Pick<RoomPolicyConfig, 'aliasRules' | 'publicationRules'>) {
    this.#naming = aliasRules.map(parseRule);
    this.#publishing = publicationRules.map(parseRule);
  }

  mayName(userId: UserId, roomId: RoomId, alias: RoomAlias): boolean {
    return verdict(this.#naming, userId, roomId, [alias]);
  }

  mayPublish(userId: UserId, roomId: RoomId, aliases: readonly RoomAlias[]): boolean {
    return verdict(this.#publishing, userId, roomId, aliases);
  }
}

const parseRule = ({ userId, roomId, alias, allows }: DirectoryRule): ParsedRule => ({
  userId: parseStars(userId),
  roomId: parseStars(roomId),
  alias: parseStars(alias),
  everyAlias: /^\*+$/.test(alias),
  allows,
});

function verdict(rules: readonly ParsedRule[], userId: UserId, roomId: RoomId, aliases: readonly RoomAlias[]): boolean {
  const fits = (rule: ParsedRule) =>
    globMatches(rule.userId, userId) &&
    globMatches(rule.roomId, roomId) &&
    (rule.everyAlias || aliases.some((alias) => globMatches(rule.alias, alias)));
  return rules.find(fits)?.allows ?? false;
}
