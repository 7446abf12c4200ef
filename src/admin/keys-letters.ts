/** `keys remind`: the text that goes by mail to each party whose services or IdP are not known to have our next key. Sends nothing. */
import { readFileSync } from 'node:fs';
import type { PartyId } from '../core/ids.ts';
import type { KeyUse } from '../keys/model.ts';
import type { UseView } from '../keys/view.ts';
import type { Registry } from '../parties/model.ts';
import { renderTemplate } from './kit/template.ts';
import type { Letter } from './radar.ts';

export interface Sender { readonly name: string; readonly operator: string; readonly email: string; readonly phone: string; readonly publicUrl: string }
/** Where the next key is read; a use that is not here waits for nobody by name. */
const places: Readonly<Partial<Record<KeyUse, string>>> = { 'saml-signing': '/metadata/applications.xml', 'metadata': '/metadata/next/applications.xml', 'upstream-signing': '/upstream/saml/metadata' };

/** One letter a party, in Swedish, to the contact of its file. */
export const remindersFor = ({ use, keys, waiting }: Pick<UseView, 'use' | 'keys' | 'waiting'>, registry: Registry, { name, operator, email, phone, publicUrl }: Sender): readonly Letter[] => {
  const [place, next] = [places[use], keys.find(({ role }) => role === 'next')];
  if (place === undefined || next === undefined) return [];
  const template = readFileSync(new URL('keys-mail.sv.txt', import.meta.url), 'utf8');
  const partyOf = (id: string): PartyId | undefined => registry.services.get(id as never)?.party ?? registry.identityProviders.get(id)?.party;
  return [...registry.parties.values()].flatMap((party): Letter[] => {
    const names = waiting.filter((id) => partyOf(id) === party.id);
    if (names.length === 0) return [];
    const text = renderTemplate(template, {
      party: party.displayName, our: name, operator, email, phone, whose: use === 'upstream-signing' ? 'identitetslösning' : names.length === 1 ? 'tjänst' : 'tjänster',
      names: names.map((id) => ({ id, address: `${publicUrl}${place}?consumer=${id}` })), key: next.id.toUpperCase().replace(/..(?=.)/g, '$&:'),
      answers: use === 'saml-signing', pinned: use === 'metadata', requests: use === 'upstream-signing',
    });
    return [{ party: party.id, to: party.support.email, subject: `${name}: vi byter nyckel, ni behöver göra något`, text }];
  });
};
