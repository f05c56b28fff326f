import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { invalidParam, missingParam } from '../../spec/errors.js';
import {
  type PushAction,
  type PushCondition,
  type PushRule,
  pushActions,
  pushConditions,
  type RuleKind,
  ruleKind,
} from '../../spec/push-rules/ruleset.js';
import type { PushRules } from './push-rules.js';

const ALL = '/_matrix/client/v3/pushrules';
const RULE = `${ALL}/global/:kind/:ruleId`;
const params = { kind: ruleKind, ruleId: Type.String({ minLength: 1, maxLength: 512 }) };

/** A rule of the user's own, as it came. @throws MatrixError M_INVALID_PARAM, M_MISSING_PARAM */
function newRule(
  kind: RuleKind,
  ruleId: string,
  body: { actions: readonly PushAction[]; conditions?: readonly PushCondition[]; pattern?: string },
): PushRule {
  if (kind === 'postcontent') throw invalidParam('rules of this kind are the server’s');
  if (ruleId.startsWith('.')) throw invalidParam('rules that begin with a dot are the server’s');
  if (/[/\\]/.test(ruleId)) throw invalidParam('a rule id may not have slashes');
  const rule = { rule_id: ruleId, default: false, enabled: true, actions: body.actions };
  if (kind === 'content') {
    if (body.pattern === undefined) throw missingParam('content rules need a pattern');
    return { ...rule, pattern: body.pattern };
  }
  if (kind !== 'override' && kind !== 'underride') return rule;
  if (body.conditions === undefined) throw missingParam(`${kind} rules need conditions`);
  return { ...rule, conditions: body.conditions };
}

export const pushRuleEndpoints = (rules: PushRules) => [
  endpoint({
    spec: 'client-server/pushrules.yaml#getPushRules',
    method: 'GET',
    path: `${ALL}/`,
    aliases: [ALL],
    r0: true,
    auth: 'user',
    handle: async ({ caller }) => ({ global: await rules.of(caller.userId) }),
  }),
  endpoint({
    spec: 'client-server/pushrules.yaml#getPushRulesGlobal',
    method: 'GET',
    path: `${ALL}/global/`,
    aliases: [`${ALL}/global`],
    r0: true,
    auth: 'user',
    handle: ({ caller }) => rules.of(caller.userId),
  }),
  endpoint({
    spec: 'client-server/pushrules.yaml#getPushRule',
    method: 'GET',
    path: RULE,
    r0: true,
    auth: 'user',
    params,
    handle: ({ caller, params: { kind, ruleId } }) => rules.one(caller.userId, kind, ruleId),
  }),
  endpoint({
    spec: 'client-server/pushrules.yaml#setPushRule',
    method: 'PUT',
    path: RULE,
    r0: true,
    auth: 'user',
    params,
    query: { before: Type.Optional(Type.String()), after: Type.Optional(Type.String()) },
    body: Type.Object({
      actions: pushActions,
      conditions: Type.Optional(pushConditions),
      pattern: Type.Optional(Type.String({ maxLength: 4096 })),
    }),
    async handle({ caller, params: { kind, ruleId }, query, body }) {
      await rules.put(caller.userId, kind, newRule(kind, ruleId, body), { before: query.before, after: query.after });
      return {};
    },
  }),
  endpoint({
    spec: 'client-server/pushrules.yaml#deletePushRule',
    method: 'DELETE',
    path: RULE,
    r0: true,
    auth: 'user',
    params,
    async handle({ caller, params: { kind, ruleId } }) {
      await rules.remove(caller.userId, kind, ruleId);
      return {};
    },
  }),
  endpoint({
    spec: 'client-server/pushrules.yaml#isPushRuleEnabled',
    method: 'GET',
    path: `${RULE}/enabled`,
    r0: true,
    auth: 'user',
    params,
    handle: async ({ caller, params: { kind, ruleId } }) => ({
      enabled: (await rules.one(caller.userId, kind, ruleId)).enabled,
    }),
  }),
  endpoint({
    spec: 'client-server/pushrules.yaml#setPushRuleEnabled',
    method: 'PUT',
    path: `${RULE}/enabled`,
    r0: true,
    auth: 'user',
    params,
    body: Type.Object({ enabled: Type.Boolean() }),
    async handle({ caller, params: { kind, ruleId }, body }) {
      await rules.alter(caller.userId, kind, ruleId, { enabled: body.enabled });
      return {};
    },
  }),
  endpoint({
    spec: 'client-server/pushrules.yaml#getPushRuleActions',
    method: 'GET',
    path: `${RULE}/actions`,
    r0: true,
    auth: 'user',
    params,
    handle: async ({ caller, params: { kind, ruleId } }) => ({
      actions: (await rules.one(caller.userId, kind, ruleId)).actions,
    }),
  }),
  endpoint({
    spec: 'client-server/pushrules.yaml#setPushRuleActions',
    method: 'PUT',
    path: `${RULE}/actions`,
    r0: true,
    auth: 'user',
    params,
    body: Type.Object({ actions: pushActions }),
    async handle({ caller, params: { kind, ruleId }, body }) {
      await rules.alter(caller.userId, kind, ruleId, { actions: body.actions });
      return {};
    },
  }),
];
