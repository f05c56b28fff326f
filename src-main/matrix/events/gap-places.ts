/**
 * Places in a timeline that are left free before an event whose past is not known: what is fetched of it later is put
 * there.
 */
export const PLACES_OF_A_GAP = 1 << 20;
