import type { PageFrame } from '../../login/pages.ts';
import { html } from '../html.ts';
import type { Sheet } from '../layout.ts';
import { messagesIn } from '../messages/messages.ts';

export const nobody = (frame: PageFrame): Sheet => {
  const { nobody: texts } = messagesIn(frame.locale);
  return { heading: texts.heading, content: html`<p>${texts.lead}</p>` };
};
