/** A service as far as release looks at it; everything that release must not look at is left out. */
import type { ServiceParty } from '../../src/parties/model.ts';

export interface ServiceGiven {
  readonly id?: string; readonly party?: string; readonly federation?: string; readonly categories?: readonly string[];
  readonly allow?: readonly string[]; readonly deny?: readonly string[];
}
export const service = (given: ServiceGiven = {}): ServiceParty => ({
  id: given.id ?? 'vgr/journal', party: given.party ?? 'vgr', federation: { id: given.federation ?? 'sambi' },
  wire: { entityId: 'https://journal.example.se/saml', entityCategories: given.categories ?? [] },
  release: { allow: given.allow ?? ['*'], deny: given.deny ?? [], commissionRight: 'text' },
}) as unknown as ServiceParty;
