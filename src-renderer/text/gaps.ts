import type { IntlMessageFormat } from 'intl-messageformat';

type Values = Readonly<Record<string, string | number | Date>>;

const complained = new Set<string>();

/** True in the pages as they are delivered: there a mistake is shown and told, and stops nobody. */
export const isDelivered = (): boolean => import.meta.env.PROD;

/** The message with what is missing left to be seen, as `{name}`. Complains once of each message. */
export function fillGaps(message: IntlMessageFormat, key: string, values: Values = {}): string {
  try {
    return String(message.format(values));
  } catch (error) {
    complain(key, error);
  }
  const gaps = namesIn(message.getAst()).map((name) => [name, `{${name}}`]);
  try {
    return String(message.format({ ...Object.fromEntries(gaps), ...values }));
  } catch {
    return key;
  }
}

function complain(key: string, error: unknown): void {
  if (complained.has(key)) return;
  complained.add(key);
  // for whoever looks into what a person saw: there is no other log in the pages
  // oxlint-disable-next-line no-console
  console.error(`the text ${key} lacks a value`, error);
}

/** Names of what is filled in, however deep in plurals and choices. */
function namesIn(parts: ReturnType<IntlMessageFormat['getAst']>): string[] {
  return parts.flatMap((part) => {
    const inner = 'options' in part ? Object.values(part.options).flatMap(({ value }) => namesIn(value)) : [];
    return part.type === 0 || !('value' in part) ? inner : [part.value, ...inner];
  });
}
