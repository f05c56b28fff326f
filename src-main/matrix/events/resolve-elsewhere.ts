/* oxlint-disable unicorn/require-post-message-target-origin -- threads have no origins */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Semaphore } from '../../base/semaphore.js';
import { turn } from '../../base/yield.js';
import type { EventId } from '../../spec/ids.js';
import type { RoomVersionRules } from '../../spec/room-version.js';
import type { StateMap, StateMapKey } from '../../spec/state-view.js';
import type { ResolutionInput } from './resolution-input.js';
import { type Asked, PIECE, type Said, type SentEvent } from './resolution-messages.js';

/** Where Node runs the sources themselves, they name each other by what they are built to. */
const FROM_SOURCE = `import { registerHooks } from 'node:module';
registerHooks({ resolve: (name, context, next) =>
  next(/^\\.\\.?\\/.*\\.js$/.test(name) ? name.slice(0, -3) + '.ts' : name, context) });`;
const SOURCE_FLAGS = [
  '--no-warnings',
  '--experimental-transform-types',
  '--import',
  `data:text/javascript,${encodeURIComponent(FROM_SOURCE)}`,
];

/** Large state resolutions in a thread of their own, one after the other. */
export class ResolveElsewhere {
  readonly #places = new Semaphore(1);

  resolve(rules: RoomVersionRules, input: ResolutionInput): Promise<StateMap> {
    return this.#places.run(async () => {
      const worker = startWorker();
      try {
        const answer = answerOf(worker);
        answer.catch(() => undefined);
        await tell(worker, rules, input);
        return await answer;
      } finally {
        await worker.terminate();
      }
    });
  }
}

function startWorker(): Worker {
  const extension = extname(import.meta.url); // .ts from source, .js once built
  return new Worker(new URL(`./state-resolver.worker${extension}`, import.meta.url), {
    name: 'state resolution',
    ...(extension === '.ts' && { execArgv: SOURCE_FLAGS }),
    resourceLimits: { maxOldGenerationSizeMb: 1024 },
  });
}

async function tell(worker: Worker, { version }: RoomVersionRules, input: ResolutionInput): Promise<void> {
  const post = async (asked: Asked) => {
    worker.postMessage(asked);
    await turn();
  };
  const events = [...input.events.values()];
  for (let start = 0; start < events.length; start += PIECE) {
    const some = events.slice(start, start + PIECE);
    await post({
      events: some.map(
        (event): SentEvent => [event.eventId, event.roomId, JSON.stringify(event.pdu), event.isRejected],
      ),
    });
  }
  for (const [set, state] of input.stateSets.entries()) {
    const entries = [...state];
    await post({ set, entries: [] });
    for (let start = 0; start < entries.length; start += PIECE) {
      await post({ set, entries: entries.slice(start, start + PIECE) });
    }
  }
  await post({ version, shortcuts: [...input.shortcuts] });
}

function answerOf(worker: Worker): Promise<StateMap> {
  const resolved = new Map<StateMapKey, EventId>();
  return new Promise((resolve, reject) => {
    worker.on('message', (said: Said) => {
      if ('done' in said) resolve(resolved);
      else for (const [key, id] of said.resolved) resolved.set(key, id);
    });
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error('the state resolution ended early')));
  });
}
