import { expect, it } from 'vitest';
import { nameIdFormats } from '../../../src/saml/names.ts';
import { answerTo, deep, textIn } from '../../fixtures/saml-answers.ts';

it('no two persistent ids differ by case alone: they have one case', async () => {
  for (const subjectKey of ['a', 'b', 'c']) {
    const value = textIn(deep((await answerTo({ subjectKey, parts: { children: `<samlp:NameIDPolicy Format="${nameIdFormats.persistent}"/>` } })).tree, 'NameID')[0]);
    expect(value).toBe(value.toLowerCase());
  }
});
