/** English: what stands around every screen. */
export const enFrame = {
  'palette.title': 'Go to',
  'palette.open': 'Go to…',
  'palette.field': 'A screen, a person, a room or a server',
  'palette.found': 'What was found',
  'palette.count': '{count, plural, one {One place} other {# places}}. Arrow keys choose, Enter goes there.',
  'palette.nothing': 'Nothing here has that in its name.',

  'shortcuts.title': 'Keys',
  'shortcuts.palette': 'Go to a screen, a person, a room or a server',
  'shortcuts.region': 'Between the sections and the screen, and back',
  'shortcuts.close': 'Close what is open, and change nothing',
  'shortcuts.help': 'Show these keys',
} as const;
