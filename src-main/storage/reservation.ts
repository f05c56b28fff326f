import { type Position, statement } from './database.js';

/** Table `positions`: one row, how far positions are reserved. */
export const storeReservation = statement<[Position]>(`
  INSERT INTO positions (name, reserved) VALUES ('all', ?)
  ON CONFLICT (name) DO UPDATE SET reserved = excluded.reserved
`);

export const reservedPositions = statement<[], { reserved: Position }>(`
  SELECT reserved FROM positions WHERE name = 'all'
`);
