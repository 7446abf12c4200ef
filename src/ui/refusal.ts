/** How a refusal looks: its tone and its icon, by text; and the note that says what happened and what to do. */
import type { ErrorText } from '../core/error-catalogue.ts';
import type { PageFrame } from '../login/pages.ts';
import { html, type SafeHtml } from './html.ts';
import type { IconName } from './icons.ts';
import { fill, messagesIn } from './messages/messages.ts';
import { note, type Tone } from './parts.ts';

interface Face { readonly tone: Tone; readonly icon: IconName }
const stop: Face = { tone: 'stop', icon: 'warning' };
const warn: Face = { tone: 'warn', icon: 'warning' };
const late: Face = { tone: 'warn', icon: 'clock' };
const done: Face = { tone: 'calm', icon: 'check' };

/** Red stops; amber can be tried again; calm needs nothing. What is not listed stops. */
const faces: Readonly<Partial<Record<ErrorText, Face>>> = {
  'request-broken': warn, 'request-repeated': late, 'request-old': late, 'interaction-needed': warn,
  'card-none': { tone: 'warn', icon: 'card' }, 'card-signature': { tone: 'warn', icon: 'card' }, 'card-link-used': late, 'card-cannot-check': warn, 'card-not-yet-valid': late, 'card-expired': { tone: 'stop', icon: 'clock' },
  'level-impossible': warn, 'directory-away': warn, 'wrong-person': warn,
  'login-cancelled': done, 'login-done': done, 'login-over': late, 'login-lost': warn,
  'choice-unknown': warn, 'store-away': warn, 'audit-away': warn, 'busy': late, 'form-foreign': warn, 'page-unknown': warn,
  'mobile-refused': { tone: 'warn', icon: 'phone' }, 'mobile-expired': late, 'mobile-away': { tone: 'warn', icon: 'phone' },
  'upstream-refused': { tone: 'stop', icon: 'building' }, 'upstream-away': { tone: 'warn', icon: 'building' },
};
export const faceOf = (text: ErrorText): Face => faces[text] ?? stop;

export const refusalNote = (text: ErrorText, name: IconName, frame: PageFrame): SafeHtml => {
  const { happened, todo } = messagesIn(frame.locale).errors[text];
  return note(faceOf(text).tone, name, html`<p>${fill(happened, frame)}</p><p class="todo">${fill(todo, frame)}</p>`);
};
