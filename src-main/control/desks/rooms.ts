import type {
  BlockedRoomsPage,
  ClearHistory,
  HistoryAmount,
  RemoveRoom,
  RoomDetail,
  RoomPeople,
  RoomRemoval,
  RoomsPage,
  RoomsQuery,
  Space,
} from '../contract.js';

/** What the console does with rooms. */
export interface RoomsDesk {
  list(query: RoomsQuery): Promise<RoomsPage>;
  /** undefined for a room that this server does not know */
  detail(roomId: string): Promise<RoomDetail | undefined>;
  people(roomId: string): Promise<RoomPeople>;
  spaces(): Promise<Space[]>;
  blocked(after: string): Promise<BlockedRoomsPage>;
  /** @throws MatrixError M_NOT_FOUND */
  setPublic(roomId: string, isPublic: boolean): Promise<void>;
  block(roomId: string): Promise<void>;
  unblock(roomId: string): Promise<void>;
  /** @throws MatrixError M_UNKNOWN, M_NOT_FOUND */
  makeAdmin(roomId: string, userId: string): Promise<void>;
  /** @throws MatrixError M_NOT_FOUND, M_UNKNOWN */
  remove(given: RemoveRoom): Promise<RoomRemoval>;
  historyAmount(given: ClearHistory): Promise<HistoryAmount>;
  clearHistory(given: ClearHistory): Promise<RoomRemoval>;
  removals(roomId: string | undefined): Promise<RoomRemoval[]>;
  cancelRemoval(id: string): Promise<void>;
}
