/** Of what several screens share. */
export const enComponents = {
  'table.more': 'Show more',
  'confirm.type': 'Type {name} to confirm',
  'confirm.mismatch': 'This is not the name.',
  'confirm.untouched': 'What is not touched',
} as const;
