import { expect, it } from 'vitest';
import { refusedWith } from '../../fixtures/refused.ts';
import { testService } from '../../fixtures/saml.ts';
import { answerTo, requestOf } from '../../fixtures/saml-answers.ts';

it('the exact RelayState goes back with the answer; none goes back where none came', async () => {
  for (const relayState of ['ctx', 'a'.repeat(80), 'å'.repeat(512), '%41+b&c=d']) expect((await answerTo({ relayState })).form.fields['RelayState']).toBe(relayState);
  expect((await answerTo()).form.fields).not.toHaveProperty('RelayState');
});
it('1025 bytes are too many', () => {
  refusedWith('binding.relay-state', () => requestOf(testService(), {}, 'a'.repeat(1025)));
});
