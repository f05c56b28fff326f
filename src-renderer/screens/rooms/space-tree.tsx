import { ChevronDown, ChevronRight, MessagesSquare, Network } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Space } from '../../../src-main/control/contract.js';
import { IconButton } from '../../components/button.js';
import { Empty, Failure, Loading } from '../../components/states.js';
import { shown } from '../../components/shown.js';
import { useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { roomName, roomPath } from './room-words.js';

/** Spaces within spaces may go round in circles. */
const DEEPEST = 6;

/** Spaces, each with the rooms that it names. */
export function SpaceTree() {
  const text = useText();
  const spaces = useQuery('rooms.spaces', undefined, ['rooms.changed', 'server.changed']);
  if (spaces.state === 'loading') return <Loading lines={4} />;
  if (spaces.state === 'failed') return <Failure error={spaces.error} onRetry={spaces.reload} />;
  if (spaces.value.length === 0) {
    return (
      <Empty icon={Network} title={text('spaces.none')}>
        <p>{text('spaces.none-text')}</p>
      </Empty>
    );
  }
  const byId = new Map(spaces.value.map((space) => [space.roomId as string, space]));
  const tops = spaces.value.filter(({ isTop }) => isTop);
  return (
    <section className="stack" aria-label={text('rooms.tab-spaces')}>
      <p className="soft">{text('spaces.lead')}</p>
      <ul className="space-tree">
        {/* spaces that name each other have no top */}
        {(tops.length > 0 ? tops : spaces.value).map((space) => (
          <SpaceEntry key={space.roomId} space={space} byId={byId} above={[]} />
        ))}
      </ul>
    </section>
  );
}

function SpaceEntry({
  space,
  byId,
  above,
}: {
  space: Space;
  byId: ReadonlyMap<string, Space>;
  above: readonly string[];
}) {
  const text = useText();
  const path = [...above, space.roomId];
  const [isOpen, setOpen] = useState(above.length === 0);
  const name = roomName(text, space);
  return (
    <li>
      <div className="space-room">
        <IconButton
          icon={isOpen ? ChevronDown : ChevronRight}
          label={text(isOpen ? 'spaces.close' : 'spaces.open', { name })}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        />
        <Network size={18} aria-hidden="true" />
        <Link href={roomPath(space.roomId)}>
          <bdi className="person-name">{name}</bdi>
        </Link>
        <span className="small soft">{text('spaces.children', { count: space.children.length })}</span>
      </div>
      {isOpen && (
        <ul>
          {space.children.map((child) => {
            const inner = byId.get(child.roomId);
            if (inner && path.length < DEEPEST && !path.includes(child.roomId)) {
              return <SpaceEntry key={child.roomId} space={inner} byId={byId} above={path} />;
            }
            return <RoomEntry key={child.roomId} child={child} />;
          })}
        </ul>
      )}
    </li>
  );
}

function RoomEntry({ child }: { child: Space['children'][number] }) {
  const text = useText();
  return (
    <li className="space-room">
      <MessagesSquare size={18} aria-hidden="true" />
      {child.isKnown ? (
        <Link href={roomPath(child.roomId)}>
          <bdi>{roomName(text, child)}</bdi>
        </Link>
      ) : (
        <>
          <bdi dir="ltr" className="mono breakable">
            {shown(child.roomId)}
          </bdi>
          <span className="small soft">{text('spaces.unknown')}</span>
        </>
      )}
    </li>
  );
}
