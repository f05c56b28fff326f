import {
  Cable,
  Globe,
  HardDrive,
  House,
  type LucideIcon,
  MailPlus,
  MessagesSquare,
  ScrollText,
  Settings,
  Users,
} from 'lucide-react';
import type { TextKey } from '../text/use-text.js';

/** A screen that can be gone to by its name. */
export interface Place {
  readonly path: string;
  readonly icon: LucideIcon;
  readonly label: TextKey;
  /** it stands in the rail */
  readonly isSection: boolean;
}

/** The sections in the order of the rail, and what lies within them. */
export const PLACES: readonly Place[] = [
  { path: '/', icon: House, label: 'home.title', isSection: true },
  { path: '/people', icon: Users, label: 'people.title', isSection: true },
  { path: '/people/invitations', icon: MailPlus, label: 'palette.invitations', isSection: false },
  { path: '/rooms', icon: MessagesSquare, label: 'rooms.title', isSection: true },
  { path: '/servers', icon: Globe, label: 'servers.title', isSection: true },
  { path: '/storage', icon: HardDrive, label: 'storage.title', isSection: true },
  { path: '/logs', icon: ScrollText, label: 'logs.title', isSection: true },
  { path: '/connection', icon: Cable, label: 'connection.title', isSection: true },
  { path: '/settings', icon: Settings, label: 'settings.title', isSection: true },
];
