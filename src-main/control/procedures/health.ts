import { Type } from 'typebox';
import { MEASURE_NAMES } from '../../health/index.js';
import type { CheckCode, MeasureName, MeasureSpan } from '../contract.js';
import { procedures } from '../procedure.js';
import type { ServerHost } from '../server-host.js';

const closed = { additionalProperties: false } as const;
const words = <T extends string>(all: Readonly<Record<T, true>>) =>
  Type.Unsafe<T>(Type.Enum(Object.keys(all) as [string, ...string[]]));

const code = words<CheckCode>({
  'on-battery': true,
  slept: true,
  'sleep-not-prevented': true,
  'autostart-off': true,
  offline: true,
  'address-changed': true,
  'dns-record': true,
  certificate: true,
  'certificate-chain': true,
  clock: true,
  reach: true,
  'servers-failing': true,
  'queue-age': true,
  'disk-space': true,
  'disk-growth': true,
  'disk-budget': true,
  'data-folder': true,
  database: true,
  'key-not-saved': true,
  'registration-open': true,
  'failed-logins': true,
  'invite-flood': true,
  'push-gateways': true,
  memory: true,
  stall: true,
  'slow-room': true,
});
const measure = Type.Unsafe<MeasureName>(Type.Enum([...MEASURE_NAMES]));
const span = words<MeasureSpan>({ hour: true, day: true, week: true, month: true });
const MOST_ENTRIES = 100;

/** Whether all is well, how it was, and what happened. */
export const healthProcedures = (host: ServerHost) =>
  procedures({
    'health.list': { input: Type.Undefined(), run: () => host.health().report() },
    'health.history': { input: Type.Object({ code }, closed), run: (input) => host.health().history(input.code) },
    'health.ignore': {
      input: Type.Object(
        { code, until: Type.Union([Type.Integer({ minimum: 0 }), Type.Literal('changed'), Type.Null()]) },
        closed,
      ),
      async run({ code: check, until }, { log }) {
        await host.health().ignore(check, until);
        log.info('a check is ignored by the console', { check, until });
      },
    },
    'health.runNow': {
      input: Type.Object({ codes: Type.Optional(Type.Array(code, { maxItems: 50 })) }, closed),
      async run({ codes }) {
        await host.health().runNow(codes);
      },
    },
    'health.day': { input: Type.Undefined(), run: () => host.health().day() },
    'measurements.series': {
      input: Type.Object({ names: Type.Array(measure, { maxItems: 20 }), span }, closed),
      run: ({ names, span: wanted }) => host.health().series(names, wanted),
    },
    'activity.list': {
      input: Type.Object(
        {
          before: Type.Optional(Type.Integer({ minimum: 0 })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_ENTRIES })),
        },
        closed,
      ),
      run: (query) => host.health().activity(query),
    },
  });
