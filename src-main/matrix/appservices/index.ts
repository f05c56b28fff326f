import { thirdPartyNetworkEndpoints } from './third-party-networks.client.js';

/** Application services, and the networks that they bridge to. */
export const createAppservices = () => ({ endpoints: thirdPartyNetworkEndpoints, jobs: [] });
