import { streamTopic } from '../../storage/news.js';

/** The stream of all rooms' events; its positions are the events' places in their timelines. */
export const EVENTS_STREAM = 'events';
/** The stream of the events that other servers must get. */
export const OUTGOING_STREAM = 'outgoing events';
/** Announced with each change of who is in which room; with nothing else. */
export const MEMBERSHIPS_TOPIC = streamTopic('memberships');
