import { join } from 'node:path';
import { Menu, type MenuItemConstructorOptions, nativeImage, nativeTheme, Tray } from 'electron';
import type { HealthReport, HealthSummary, HealthSummaryCode, ServerStatus } from '../../control/contract.js';
import type { Control } from '../../control/procedure.js';
import type { AppText } from './app-text.js';

export interface TrayActions {
  /** shows the console, at a place of it */
  open(place?: string): void;
  /** opens the family's chat in the browser */
  openChat(address: string): void;
  pause(length: 'hour' | 'tomorrow'): void;
  unpause(): void;
  setKeepAwake(isOn: boolean): void;
  setStartAtLogin(isOn: boolean): void;
  quit(): void;
}

/** What the menu ticks and offers beside the server's own state. */
export interface TrayFacts {
  readonly keepAwake: boolean;
  readonly startAtLogin: boolean;
  readonly pausedUntil: number | undefined;
}

/** The server's process may be away, and people may have paused it. */
export type TrayState = HealthSummaryCode | 'unreachable' | 'paused';

type Shape = 'running' | 'attention' | 'stopped' | 'busy' | 'asleep';

/** Shapes, not only colours. */
const SHAPES: Readonly<Record<TrayState, Shape>> = {
  'not-set-up': 'attention',
  starting: 'busy',
  running: 'running',
  attention: 'attention',
  trouble: 'attention',
  sleeping: 'asleep',
  paused: 'asleep',
  stopping: 'busy',
  stopped: 'stopped',
  failed: 'attention',
  unreachable: 'attention',
};

export interface TrayDeps {
  readonly control: Control;
  readonly text: AppText;
  /** the folder of pictures */
  readonly assets: string;
  facts(): TrayFacts;
  readonly actions: TrayActions;
}

/**
 * The icon beside the clock: how the server is, in the same words as the console, and what is needed most.
 *
 * @returns shows anew what `facts` say
 */
export function openTray({ control, text, assets, facts, actions }: TrayDeps): () => void {
  const image = (shape: Shape) => {
    const isOnDark = process.platform === 'win32' && nativeTheme.shouldUseDarkColors;
    const picture = nativeImage.createFromPath(join(assets, 'tray', `${shape}${isOnDark ? '-dark' : ''}.png`));
    if (process.platform === 'darwin') picture.setTemplateImage(true);
    return picture;
  };
  const tray = new Tray(image('busy'));
  let summary: HealthSummary | undefined;
  let state: TrayState = 'starting';
  let chat: string | undefined;
  const show = () => {
    const now = facts();
    if (now.pausedUntil !== undefined && (state === 'stopped' || state === 'stopping')) state = 'paused';
    const sentence = text.status(state, { ...summary?.fields, until: now.pausedUntil });
    tray.setImage(image(SHAPES[state]));
    tray.setToolTip(`Hearth: ${sentence}`);
    tray.setContextMenu(Menu.buildFromTemplate(menuFor({ state, sentence, chat, text, facts: now, control, actions })));
  };
  const refresh = async () => {
    const status = await control.call('server.status', undefined);
    chat = status.ok ? (status.value as ServerStatus).webClient : undefined;
    const result = await control.call('health.list', undefined);
    summary = result.ok ? (result.value as HealthReport).summary : undefined;
    state = summary?.code ?? 'unreachable';
    if (!tray.isDestroyed()) show();
  };
  show();
  void refresh();
  tray.on('click', () => actions.open());
  nativeTheme.on('updated', () => {
    if (!tray.isDestroyed()) show();
  });
  control.subscribe((event) => {
    if (REFRESHED_BY.has(event)) void refresh();
  });
  return show;
}

const REFRESHED_BY: ReadonlySet<string> = new Set([
  'server.changed',
  'setup.changed',
  'connection.changed',
  'health.changed',
  'app.changed',
]);

interface MenuParts {
  readonly state: TrayState;
  readonly sentence: string;
  readonly chat: string | undefined;
  readonly text: AppText;
  readonly facts: TrayFacts;
  readonly control: Control;
  readonly actions: TrayActions;
}

const RUNS: ReadonlySet<TrayState> = new Set(['running', 'attention', 'trouble', 'sleeping']);
const line: MenuItemConstructorOptions = { type: 'separator' };

function menuFor({ state, sentence, chat, text, facts, control, actions }: MenuParts): MenuItemConstructorOptions[] {
  const runs = RUNS.has(state);
  const tick = (id: string, label: string, checked: boolean, change: (isOn: boolean) => void) =>
    ({ id, label, type: 'checkbox', checked, click: (item) => change(item.checked) }) as MenuItemConstructorOptions;
  return [
    { id: 'status', label: sentence, enabled: false },
    { id: 'open', label: text.open, click: () => actions.open() },
    ...(chat === undefined ? [] : [{ id: 'open-chat', label: text.openChat, click: () => actions.openChat(chat) }]),
    { id: 'invite', label: text.invite, enabled: runs, click: () => actions.open('/people/invitations') },
    line,
    ...pausing(state, runs, text, actions),
    {
      id: 'try-all',
      label: text.tryAll,
      enabled: runs,
      click: () => void control.call('servers.tryAll', undefined),
    },
    line,
    tick('keep-awake', text.keepAwake, facts.keepAwake, actions.setKeepAwake),
    tick('start-at-login', text.startAtLogin, facts.startAtLogin, actions.setStartAtLogin),
    { id: 'logs', label: text.logs, click: () => actions.open('/logs') },
    {
      id: 'restart',
      label: text.restart,
      enabled: runs || state === 'failed',
      click: () => void control.call('server.restart', undefined),
    },
    line,
    { id: 'quit', label: text.quit, click: actions.quit },
  ];
}

const pausing = (state: TrayState, runs: boolean, text: AppText, actions: TrayActions): MenuItemConstructorOptions[] =>
  state === 'paused'
    ? [{ id: 'unpause', label: text.unpause, click: actions.unpause }]
    : [
        { id: 'pause-hour', label: text.pauseHour, enabled: runs, click: () => actions.pause('hour') },
        { id: 'pause-tomorrow', label: text.pauseTomorrow, enabled: runs, click: () => actions.pause('tomorrow') },
      ];
