import { it } from 'vitest';
import { postFields } from '../fixtures/saml.ts';
import { expectAccepted, expectRefused, sendForm } from '../fixtures/saml-endpoint.ts';

const form = new URLSearchParams({ ...postFields(), RelayState: 'ctx' }).toString();
const message = form.split('&')[0] ?? '';
it.each([
  ['the message twice', `${form}&${message}`], ['the message twice, once empty', `SAMLRequest=&${form}`], ['RelayState twice', `${form}&RelayState=ctx`], ['an array', `${form}&SAMLRequest[]=x`], ['an indexed array', `${form}&SAMLRequest[0]=x`],
  ['an object', `${form}&SAMLRequest[a]=x`], ['an encoded array', `${form}&RelayState%5B%5D=x`], ['another case', `${form}&samlrequest=x`], ['a dotted name', `${form}&RelayState.x=1`], ['a null byte', `${form}&SAMLRequest%00=x`],
  ['white space', `${form}&+SAMLRequest=x`], ['a percent-encoded twin', `${form}&%53AMLRequest=x`], ['a response beside it', `${form}&SAMLResponse=x`], ['an artifact', `${form}&SAMLart=x`], ['a hundred fields', `${form}${'&a=b'.repeat(100)}`],
])('K12: %s is refused', (_name, body) => {
  expectAccepted(sendForm(form));
  expectRefused('binding.parameter', () => sendForm(body));
});
