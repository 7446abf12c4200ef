import { expect, it } from 'vitest';
import { answerTo } from '../../fixtures/saml-answers.ts';

it('every time that we write is an xs:dateTime in UTC', async () => {
  const { xml } = await answerTo();
  const times = [...xml.matchAll(/ (?:IssueInstant|NotBefore|NotOnOrAfter|AuthnInstant|SessionNotOnOrAfter)="([^"]*)"/g)].map(([, time]) => time);
  expect(times).toHaveLength(7);
  for (const time of times) expect(time).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
});
