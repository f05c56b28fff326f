import { checkOperation, problems, type Seen } from './openapi.js';
import { allOperations, type Operation } from './openapi-source.js';

/** A request of one server to another, and what was answered. */
export interface SeenExchange extends Seen {
  /** parsed JSON, or undefined where there was none */
  readonly requestBody: unknown;
}

interface Known {
  readonly operation: Operation;
  readonly path: RegExp;
}

let known: readonly Known[] | undefined;

/**
 * Checks what servers say to each other against the spec.
 *
 * @throws Error that names the operation and what the spec forbids; nothing is said of paths that it does not know
 */
export function checkExchange(seen: SeenExchange): void {
  const operation = operationOf(seen);
  if (!operation) return;
  const { name, requestBody } = operation;
  // Who is refused may well have asked for something wrong: it is the asking that is tested then.
  if (seen.status < 400 && requestBody !== undefined) {
    const wrong = problems(`${name} request`, requestBody, seen.requestBody);
    if (wrong) throw new Error(`${name}: the request is wrong: ${wrong}\n${seen.method} ${seen.url} ${shown(seen)}`);
  }
  checkOperation(operation, seen);
}

/** `server-server/transactions.yaml#sendTransaction`, or undefined for a path that the spec does not have. */
export const operationNameOf = (seen: Pick<Seen, 'method' | 'url'>): string | undefined => operationOf(seen)?.name;

function operationOf({ method, url }: Pick<Seen, 'method' | 'url'>): Operation | undefined {
  known ??= allOperations('server-server').map((operation) => ({
    operation: kept(operation),
    path: toPattern(operation.path),
  }));
  const [path = ''] = url.split('?');
  return known.find((one) => one.operation.method === method && one.path.test(path))?.operation;
}

/** Schemas are put together once. */
const kept = (operation: Operation): Operation => {
  let responses: Operation['responses'] | undefined;
  let requestBody: { readonly schema: unknown } | undefined;
  return {
    name: operation.name,
    method: operation.method,
    path: operation.path,
    auth: operation.auth,
    deprecated: operation.deprecated,
    get responses() {
      responses ??= operation.responses;
      return responses;
    },
    get requestBody() {
      requestBody ??= { schema: operation.requestBody };
      return requestBody.schema;
    },
  };
};

const toPattern = (template: string): RegExp => new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);

const shown = ({ requestBody }: SeenExchange) => JSON.stringify(requestBody)?.slice(0, 2000);
