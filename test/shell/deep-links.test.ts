import { expect, it } from 'vitest';
import { placeIn, placeOf } from '../../src-main/shell/electron/deep-links.js';

it.each([
  ['hearth://', '/'],
  ['hearth://people', '/people'],
  ['hearth://people/invitations', '/people/invitations'],
  ['hearth://servers/example.org:8448/check', '/servers/example.org:8448/check'],
  ['hearth://people/%40sam%3Aexample.org', '/people/%40sam%3Aexample.org'],
  ['hearth://settings/', '/settings'],
])('leads from %s to a screen', (link, place) => {
  expect(placeOf(link)).toBe(place);
});

it.each([
  'https://example.org/people',
  'hearth:people',
  'hearth://server.stop',
  'hearth://people/<script>',
  'hearth://people/a/b/c',
  'hearth://servers/a?run=1',
  'hearth://servers/a#b',
  'hearth://servers/\u202Eb',
  `hearth://servers/${'a'.repeat(301)}`,
  `hearth://servers/${'a'.repeat(200)}/${'b'.repeat(200)}/${'c'.repeat(200)}`,
])('leads nowhere from %s', (link) => {
  expect(placeOf(link)).toBeUndefined();
});

it('is found among what a program is started with', () => {
  expect(placeIn(['hearth', '--hidden', 'hearth://logs'])).toBe('/logs');
  expect(placeIn(['hearth', 'hearth://nowhere'])).toBeUndefined();
  expect(placeIn(['hearth'])).toBeUndefined();
});
