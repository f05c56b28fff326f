import { expect, it } from 'vitest';
import { fillIn } from '../../../../src-main/matrix/accounts/consent/template.js';

it.each([
  ['plain <b>text</b>', 'plain <b>text</b>'],
  ['{{ user }} and {{user}}', 'al&lt;ice and al&lt;ice'],
  ['{{ nobody }}', ''],
  ['{% if public_version %}all{% else %}you{% endif %}', 'you'],
  ['{% if not public_version %}you{% endif %}!', 'you!'],
  ['{% if has_consented %}{% if public_version %}a{% else %}b{% endif %}{% else %}c{% endif %}', 'b'],
  ['{% if public_version %}{% if has_consented %}a{% else %}b{% endif %}{% endif %}c', 'c'],
  ['{# a note #}{% set x = 1 %}{%- if has_consented -%}x{%- endif -%}', 'x'],
  ['{% endif %}{% else %}odd{% if', 'odd{% if'],
  ['{% if a == b %}odd{% endif %}', ''],
])('%j becomes %j', (template, html) => {
  expect(fillIn(template, { user: 'al<ice', has_consented: true, public_version: false })).toBe(html);
});
