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
  'password.page': 'New password',
  'password.title': 'Choose a new password',
  'password.for': 'For',
  'password.set': 'Set the password',
  'password.done-title': 'Your new password is set',
  'password.done-text': 'Sign in with it in your app. This link works no more.',
  'password.invalid-title': 'This link does not work any more',
  'password.invalid-text': 'It works once, and for a day. Ask whoever gave it to you for another one.',
  'people.link': 'Give a link instead',
  'people.link-text':
    'Hand it over: with it they choose a new password themselves. It works once, until {date}, and takes the place of earlier links.',
  'people.link-label': 'Link',
  'people.link-qr': 'The link as a QR code',
  'invitations.again': 'Make a new one like this',
  'invitations.again-what': 'Make a new one like this: {token}',
} as const;
