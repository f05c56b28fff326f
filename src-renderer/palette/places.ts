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

/** The sections in the order of the rail, then the pages within them. */
export const PLACES: readonly Place[] = [
  { path: '/', icon: House, label: 'home.title', isSection: true },
  { path: '/people', icon: Users, label: 'people.title', isSection: true },
  { path: '/people/invitations', icon: MailPlus, label: 'people.tab-invitations', isSection: false },
  { path: '/rooms', icon: MessagesSquare, label: 'rooms.title', isSection: true },
  { path: '/servers', icon: Globe, label: 'servers.title', isSection: true },
  { path: '/storage', icon: HardDrive, label: 'storage.title', isSection: true },
  { path: '/logs', icon: ScrollText, label: 'logs.title', isSection: true },
  { path: '/connection', icon: Cable, label: 'connection.title', isSection: true },
  { path: '/settings', icon: Settings, label: 'settings.title', isSection: true },
  { path: '/rooms/-/spaces', icon: MessagesSquare, label: 'rooms.tab-spaces', isSection: false },
  { path: '/rooms/-/blocked', icon: MessagesSquare, label: 'rooms.tab-blocked', isSection: false },
  { path: '/rooms/-/removals', icon: MessagesSquare, label: 'rooms.tab-removals', isSection: false },
  { path: '/servers/-/reach', icon: Globe, label: 'reach.title', isSection: false },
  { path: '/servers/-/traffic', icon: Globe, label: 'traffic.title', isSection: false },
  { path: '/servers/-/late', icon: Globe, label: 'late.title', isSection: false },
  { path: '/servers/-/blocks', icon: Globe, label: 'blocks.title', isSection: false },
  { path: '/storage/clean-up', icon: HardDrive, label: 'storage.tab-clean-up', isSection: false },
  { path: '/storage/media', icon: HardDrive, label: 'storage.tab-media', isSection: false },
  { path: '/storage/limit', icon: HardDrive, label: 'storage.tab-limit', isSection: false },
  { path: '/logs/condensed', icon: ScrollText, label: 'logs.view-condensed', isSection: false },
  { path: '/logs/files', icon: ScrollText, label: 'logs.view-files', isSection: false },
  { path: '/logs/report', icon: ScrollText, label: 'logs.view-report', isSection: false },
  { path: '/connection/certificate', icon: Cable, label: 'connection.tab-certificate', isSection: false },
  { path: '/connection/dns', icon: Cable, label: 'connection.tab-dns', isSection: false },
  { path: '/connection/change', icon: Cable, label: 'connection.tab-change', isSection: false },
  { path: '/connection/calls', icon: Cable, label: 'connection.tab-calls', isSection: false },
  { path: '/connection/recovery', icon: Cable, label: 'connection.tab-recovery', isSection: false },
  { path: '/settings/start', icon: Settings, label: 'settings.tab-start', isSection: false },
  { path: '/settings/notices', icon: Settings, label: 'settings.tab-notices', isSection: false },
  { path: '/settings/limits', icon: Settings, label: 'settings.tab-limits', isSection: false },
  { path: '/settings/privacy', icon: Settings, label: 'settings.tab-privacy', isSection: false },
  { path: '/settings/appearance', icon: Settings, label: 'settings.tab-appearance', isSection: false },
  { path: '/settings/advanced', icon: Settings, label: 'settings.tab-advanced', isSection: false },
  { path: '/settings/about', icon: Settings, label: 'settings.about', isSection: false },
];

/** The section that a place lies in; undefined for a section itself. */
export const sectionOf = ({ path, isSection }: Place): Place | undefined =>
  isSection ? undefined : PLACES.find((place) => place.isSection && path.startsWith(`${place.path}/`));
