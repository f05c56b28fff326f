import { Compile } from 'typebox/compile';
import { expect, it } from 'vitest';
import { edu, eduContents } from '../../src-main/spec/edu.js';

type EduType = keyof typeof eduContents;

it.each<[EduType, Record<string, unknown>]>([
  ['m.typing', { room_id: '!r:one', user_id: '@a:one', typing: true }],
  ['m.receipt', { '!r:one': { 'm.read': { '@a:one': { event_ids: ['$e'], data: { ts: 1, thread_id: 'main' } } } } }],
  ['m.presence', { push: [{ user_id: '@a:one', presence: 'online', last_active_ago: 5, status_msg: null }] }],
  ['m.device_list_update', { user_id: '@a:one', device_id: 'D', stream_id: 6, prev_id: [5], keys: {} }],
  ['m.signing_key_update', { user_id: '@a:one', master_key: {} }],
  ['m.direct_to_device', { sender: '@a:one', type: 'm.x', message_id: '1', messages: { '@b:two': { '*': {} } } }],
])('takes %s as servers send it, with keys that nobody knows', (type, content) => {
  expect(Compile(edu).Check({ edu_type: type, content, origin: 'one' })).toBe(true);
  expect(Compile(eduContents[type]).Check({ ...content, ...(type === 'm.receipt' ? {} : { 'org.example': 1 }) })).toBe(
    true,
  );
});

it.each<[EduType, Record<string, unknown>]>([
  ['m.typing', { room_id: 'r', user_id: '@a:one', typing: true }],
  ['m.typing', { room_id: '!r:one', user_id: '@a:one', typing: 1 }],
  ['m.receipt', { '!r:one': { 'm.read': { '@a:one': { event_ids: [], data: {} } } } }],
  ['m.presence', { push: [{ user_id: '@a:one', presence: 'asleep' }] }],
  ['m.device_list_update', { user_id: '@a:one', device_id: 'D', stream_id: '6' }],
  ['m.signing_key_update', { master_key: {} }],
  ['m.direct_to_device', { sender: '@a:one', type: 'm.x', message_id: '1', messages: { '@b:two': [] } }],
])('refuses %s like %j', (type, content) => expect(Compile(eduContents[type]).Check(content)).toBe(false));
