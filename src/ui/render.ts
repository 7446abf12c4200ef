/**
 * ui: what people see. Owns HTML, texts in Swedish and English, styles, icons, the static files and the headers that fence a page in.
 * Does not own: which page is shown and with which facts (login/), routes and cookies (http/). One file a page in pages/; a page gets
 * its facts and the frame, and returns a heading and content; layout.ts puts the document around it.
 */
import { renderSVG } from 'uqr';
import type { Page, PageFrame } from '../login/pages.ts';
import { documentOf, withStylesInside, type Sheet } from './layout.ts';
import { alreadyLoggedIn } from './pages/already-logged-in.ts';
import { card } from './pages/card.ts';
import { cardFailed } from './pages/card-failed.ts';
import { cardTest, cardTestResult } from './pages/card-test.ts';
import { chooseCommission } from './pages/choose-commission.ts';
import { chooseEmployee } from './pages/choose-employee.ts';
import { chooseMethod } from './pages/choose-method.ts';
import { chooseOrganisation } from './pages/choose-organisation.ts';
import { confirmSession } from './pages/confirm-session.ts';
import { discovery } from './pages/discovery.ts';
import { error } from './pages/error.ts';
import { logOut } from './pages/log-out.ts';
import { loggedOut, loggingOut } from './pages/logged-out.ts';
import { me } from './pages/me.ts';
import { metadataFeeds } from './pages/metadata-feeds.ts';
import { nobody } from './pages/nobody.ts';
import { phone, phoneStart } from './pages/phone.ts';
import { onTheWay } from './pages/on-the-way.ts';
import { startAgain } from './pages/start-again.ts';
import { whatIsSent } from './pages/what-is-sent.ts';
import { headersFor } from './security-headers.ts';

type Choice = Extract<Page, { kind: `choose-${string}` | 'discovery' }>;
const isChoice = (page: Page): page is Choice => page.kind === 'discovery' || page.kind.startsWith('choose-');
const choiceOf = (page: Choice, frame: PageFrame): Sheet => {
  switch (page.kind) {
    case 'choose-method': return chooseMethod(page, frame);
    case 'choose-organisation': return chooseOrganisation(page, frame);
    case 'discovery': return discovery(page, frame);
    case 'choose-employee': return chooseEmployee(page, frame);
    case 'choose-commission': return chooseCommission(page, frame);
  }
};
const sheetOf = (page: Exclude<Page, { kind: 'on-the-way' }>, frame: PageFrame): Sheet => {
  if (isChoice(page)) return choiceOf(page, frame);
  switch (page.kind) {
    case 'card': return card(page, frame);
    case 'card-failed': return cardFailed(page, frame);
    case 'phone-start': return phoneStart(page, frame);
    case 'phone': return phone(page, frame);
    case 'confirm-session': return confirmSession(page, frame);
    case 'what-is-sent': return whatIsSent(page, frame);
    case 'already-logged-in': return alreadyLoggedIn(page, frame);
    case 'start-again': return startAgain(page, frame);
    case 'error': return error(page, frame);
    case 'me': return me(page, frame);
    case 'metadata-feeds': return metadataFeeds(page, frame);
    case 'card-test': return cardTest(page, frame);
    case 'card-test-result': return cardTestResult(page, frame);
    case 'nobody': return nobody(frame);
    case 'log-out': return logOut(frame);
    case 'logging-out': return loggingOut(page, frame);
    case 'logged-out': return loggedOut(page, frame);
  }
};

/** A complete document in UTF-8. Throws `internal` when a fact cannot be shown safely (an address that is no web address). */
export const renderPage = (page: Page, frame: PageFrame): string =>
  page.kind === 'on-the-way' ? onTheWay(page, frame) : documentOf(page.kind, sheetOf(page, frame), frame);

/**
 * The same document for a host that serves nothing beside it: styles inside, the system's own font. Its policy must allow them.
 */
const renderAlone = (page: Exclude<Page, { kind: 'on-the-way' }>, frame: PageFrame): string => withStylesInside(renderPage(page, frame));

/** The renderer in the shape that http/ asks for. */
export const ui = { render: renderPage, renderAlone, headers: headersFor, picture: (text: string): string => renderSVG(text, { border: 2, ecc: 'M' }) };
