import { Ban, Globe, Lock, LockOpen, Network } from 'lucide-react';
import { Link } from 'wouter';
import type { RoomRow } from '../../../src-main/control/contract.js';
import { Avatar } from '../../components/avatar.js';
import { Pill } from '../../components/pill.js';
import { shown } from '../../components/shown.js';
import { useText } from '../../text/use-text.js';
import { roomName, roomPath } from './room-words.js';

/** A room's name with what one must know of it at a glance. */
export function RoomTitle({ room }: { room: RoomRow }) {
  const text = useText();
  const name = roomName(text, room);
  return (
    <span className="person">
      <Avatar name={name} />
      <span className="person-names">
        <Link href={roomPath(room.roomId)} className="breakable">
          <bdi className="person-name">{name}</bdi>
        </Link>
        <RoomNotes room={room} />
      </span>
    </span>
  );
}

function RoomNotes({ room }: { room: RoomRow }) {
  const text = useText();
  const spaces = room.spaces.map((space) => roomName(text, space));
  return (
    <span className="room-notes small soft">
      {room.origin !== undefined && <bdi dir="ltr">{shown(room.origin)}</bdi>}
      {spaces.length > 0 && <span>{text('rooms.in-spaces', { spaces: text.list(spaces) })}</span>}
      <RoomMarks room={room} />
    </span>
  );
}

/** Whether a room is encrypted, a space, in the directory, blocked. */
export function RoomMarks({ room }: { room: RoomRow }) {
  const text = useText();
  const Shield = room.isEncrypted ? Lock : LockOpen;
  return (
    <>
      {room.isSpace ? (
        <Pill tone="plain" icon={Network}>
          {text('rooms.space')}
        </Pill>
      ) : (
        <span className="with-icon">
          <Shield size={14} aria-hidden="true" />
          {text(room.isEncrypted ? 'rooms.encrypted' : 'rooms.not-encrypted')}
        </span>
      )}
      {room.isPublic && (
        <Pill tone="info" icon={Globe}>
          {text('rooms.public')}
        </Pill>
      )}
      {room.isBlocked && (
        <Pill tone="warn" icon={Ban}>
          {text('rooms.blocked')}
        </Pill>
      )}
    </>
  );
}
