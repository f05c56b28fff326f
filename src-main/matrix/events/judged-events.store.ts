import { turn } from '../../base/yield.js';
import { type Reader, statement } from '../../storage/database.js';

const placedFrom = statement<[number, number], { nid: number }>(
  'SELECT nid FROM events WHERE room_nid = ? AND ord >= ? ORDER BY ord',
);
const asideAfter = statement<[number, number, number], { nid: number; status: number; snapshot: number | null }>(
  'SELECT nid, status, snapshot FROM events WHERE room_nid = ? AND ord IS NULL AND nid > ? ORDER BY nid LIMIT ?',
);

/** Rows read without a turn of the event loop. */
const AT_ONCE = 2_000;

/** Reads of table `events`: what was judged since a moment, whatever the verdict. */
export class JudgedEventStore {
  /** nids of what has a place from `ord` on, and of what came after `nid` and was judged, but not let in. */
  async since(db: Reader, roomNid: number, { ord, nid }: { readonly ord: number; readonly nid: number }) {
    const found = (await db.all(placedFrom, roomNid, ord)).map((row) => row.nid);
    for (let last = nid; ; await turn()) {
      const rows = await db.all(asideAfter, roomNid, last, AT_ONCE);
      for (const row of rows) if (row.status !== 0 && row.snapshot !== null) found.push(row.nid);
      const next = rows.at(-1);
      if (!next || rows.length < AT_ONCE) return found;
      last = next.nid;
    }
  }
}
