import { escapeHtml } from '../pages.js';

/** What a page may speak of. */
export type Facts = Readonly<Record<string, string | boolean>>;

const TAG = /(\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\})/s;

/**
 * A page of terms as it is written for Synapse: `{{ name }}`, and `{% if [not] name %} … {% else %} … {% endif %}`.
 * Whatever else stands in such braces is left out.
 */
export function fillIn(template: string, facts: Facts): string {
  /** for each `if` around: whether what follows is shown */
  const shown: boolean[] = [];
  let html = '';
  for (const piece of template.split(TAG)) {
    const [, word = '', rest = ''] = /^\{%-?\s*(\w+)\s*(.*?)\s*-?%\}$/s.exec(piece) ?? [];
    if (word === 'if') shown.push(holds(rest, facts));
    else if (word === 'else') shown.push(!(shown.pop() ?? false));
    else if (word === 'endif') shown.pop();
    else if (shown.every(Boolean)) html += textOf(piece, facts);
  }
  return html;
}

function holds(condition: string, facts: Facts): boolean {
  const [, not, name = ''] = /^(not\s+)?(\w+)$/.exec(condition) ?? [];
  return Boolean(facts[name]) !== (not !== undefined);
}

function textOf(piece: string, facts: Facts): string {
  if (!TAG.test(piece)) return piece;
  const name = /^\{\{-?\s*(\w+)/.exec(piece)?.[1];
  return name === undefined ? '' : escapeHtml(String(facts[name] ?? ''));
}
