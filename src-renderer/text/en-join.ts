/** Of the page behind an invitation's link, and of making invitations anew. */
export const enJoin = {
  'join.unreachable-title': 'The server does not answer',
  'join.unreachable-text':
    'If this server is for a home only, its Wi-Fi is needed: connect to that and try again. Otherwise it may be switched off; ask whoever invited you.',
  'join.open-app': 'Open in Element X',
  'join.sign-in-name': 'Sign in as',
  'join.phone-title': 'Go on with your phone',
  'join.phone-text': 'Scan this with its camera: Element X opens, or its page where you get it.',
  'join.phone-qr': 'The link that opens Element X, as a QR code; the button beside it is the same link',
  'invitations.again': 'Make a new one like this',
  'invitations.again-what': 'Make a new invitation like {token}',
} as const;
