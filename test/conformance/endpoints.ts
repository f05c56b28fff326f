import { startHomeserver } from '../support/homeserver.js';
import { listing } from './coverage.js';

/** `npm run endpoints`: prints METHOD path operation file of every route. */
const server = await startHomeserver();
console.log(listing(server.endpoints).join('\n'));
await server[Symbol.asyncDispose]();
