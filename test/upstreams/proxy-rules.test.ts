/**
 * The rules for a proxy [SAMLCore §3.4.1.5.1] over generated chains: an application, up to four Bryggans, each a service of the next,
 * and an IdP at the end (threats D07, D10). Real messages travel through all of them; what comes out is compared with the specification's own words.
 */
import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerLevel, assuranceLevels, rankOf, type AssuranceLevel } from '../../src/core/assurance.ts';
import { isBrygganError } from '../../src/core/errors.ts';
import { toEntityId } from '../../src/core/ids.ts';
import { scopingRefusal, wishOf } from '../../src/login/upstream.ts';
import { newTransaction } from '../../src/login/1-accept.ts';
import type { LoginPorts } from '../../src/login/context.ts';
import type { AcceptedRequest, VerifiedIdentity } from '../../src/login/transaction.ts';
import type { SamlParty, SamlProvider } from '../../src/parties/model.ts';
import { acceptAuthnRequest } from '../../src/protocols/saml-idp/accept.ts';
import { createSamlFace } from '../../src/protocols/saml-idp/respond.ts';
import { readAuthnRequest, type AuthnRequest, type Comparison } from '../../src/saml/messages/authn-request.ts';
import { bindings, nameIdFormats } from '../../src/saml/names.ts';
import { readXml } from '../../src/saml/xml/index.ts';
import type { RequestMemory, SamlUpstreamSettings } from '../../src/upstreams/saml-sp/model.ts';
import { startRequest } from '../../src/upstreams/saml-sp/request.ts';
import { authenticateResponse } from '../../src/upstreams/saml-sp/response.ts';
import { attributeByWireName, authnRequest, EMPLOYEE_HSA_ID, LOA2, LOA3, NOW, peerKey, redirectQuery, testKey, testService, testWire } from '../fixtures/saml.ts';
import { attributeValue, countingRandom, deep, faceSettings, releasedTransaction, responseText, signerOf, textIn, treeOf, SESSION } from '../fixtures/saml-answers.ts';
import { audienceOf, PERSON_HSA_ID, upstreamAnswer, upstreamProvider, upstreamWire } from '../fixtures/upstream-idp.ts';
import { registryWith, upstreamSettings } from './saml-sp/stage.ts';

const APPLICATION = 'https://application.example/sp';
const IDP = toEntityId('https://last.example/idp');
const uri: Readonly<Record<AssuranceLevel, string>> = { loa1: 'none', loa2: LOA2, loa3: LOA3, loa4: 'none' };
const key = testKey('everybody in the chain');

interface Hop { readonly idpId: string; readonly spId: string; readonly sso: string; readonly acs: string; readonly service: SamlParty; readonly provider: SamlProvider; readonly settings: SamlUpstreamSettings }
/** Hop `at` serves the one before it (the application first) and asks the one behind it (the IdP last). */
const hopAt = (at: number, caps: readonly AssuranceLevel[]): Hop => {
  const idp = (place: number): string => (place === caps.length ? IDP : `https://proxy${String(place)}.example/idp`);
  const [spId, acs] = [`https://proxy${String(at)}.example/sp`, `https://proxy${String(at)}.example/acs`];
  const [asker, returnTo] = at === 0 ? [APPLICATION, `${APPLICATION}/acs`] : [`https://proxy${String(at - 1)}.example/sp`, `https://proxy${String(at - 1)}.example/acs`];
  const service = testService({ wire: testWire({ entityId: toEntityId(asker), signingKeys: [peerKey(key)], assertionConsumerServices: [{ url: returnTo, binding: bindings.post, index: 0, isDefault: true }] }) });
  const base = upstreamProvider();
  const provider = upstreamProvider({ trust: { ...base.trust, highestLevel: caps[at] ?? 'loa3' }, wire: upstreamWire({ entityId: toEntityId(idp(at + 1)), signingKeys: [peerKey(key)], singleSignOnServices: [{ url: `${idp(at + 1)}/sso`, binding: 'redirect' }] }) });
  const settings = upstreamSettings({ entityId: spId, acsUrl: acs, signer: signerOf(key), clock: { now: () => NOW }, registry: { current: () => registryWith(provider) } });
  return { idpId: idp(at), spId, sso: `${idp(at)}/sso`, acs, service, provider, settings };
};

interface Asked { readonly hop: Hop; readonly request: AcceptedRequest; readonly memory: RequestMemory }
const ports = { clock: { now: () => NOW }, random: countingRandom(), settings: { transactionSeconds: 600 } } as unknown as LoginPorts;
const readOut = (location: string): AuthnRequest => readAuthnRequest(readXml(inflateRawSync(Buffer.from(new URL(location).searchParams.get('SAMLRequest') ?? '', 'base64')), 'message'));

/** One Bryggan on the way out: takes the request in, and sends its own. */
const goOut = async (hop: Hop, rawQuery: string): Promise<{ readonly asked: Asked; readonly location: string }> => {
  const { provider, service } = hop;
  const arrival = acceptAuthnRequest({ binding: 'redirect', rawQuery }, { registry: { ...registryWith(provider), servicesByEntityId: new Map([[service.wire.entityId, service]]) }, now: NOW, ssoUrls: [hop.sso], providerIds: [hop.idpId, provider.wire.entityId], wantSigned: false, attributeByWireName });
  if (!arrival.outcome.ok) throw arrival.outcome.error;
  const { request } = arrival.outcome;
  const refusal = scopingRefusal(request, provider);
  if (refusal !== null) throw Object.assign(new Error(refusal), { code: refusal });
  const { answer, memory } = await startRequest(wishOf(newTransaction(request, ports), service, 'handle'), provider, hop.settings);
  if (answer.kind !== 'redirect') throw new Error('not by Redirect');
  return { asked: { hop, request, memory }, location: answer.to };
};
/** The same one on the way back: believes the answer, and gives its own. */
const comeBack = async ({ hop, request, memory }: Asked, xml: string): Promise<{ readonly xml: string; readonly identity: VerifiedIdentity }> => {
  const identity = await authenticateResponse(Buffer.from(xml), memory, hop.provider, 'idp:ale/idp', hop.settings);
  const released = { ...releasedTransaction(request, { employeeHsaId: [PERSON_HSA_ID] }), identity, assuranceUri: answerLevel(identity.level, request.assurance ?? undefined, hop.service.federation.assurance) ?? 'none' };
  const { answer } = await createSamlFace(faceSettings({ entityId: hop.idpId, signer: signerOf(key), clock: { now: () => NOW }, random: hop.settings.random })).respond(released, hop.service, SESSION);
  if (answer.kind !== 'post-form') throw new Error('not by POST');
  return { xml: responseText(answer.fields), identity };
};

interface Chain {
  readonly caps: readonly AssuranceLevel[];
  readonly comparison: Comparison;
  readonly levels: readonly AssuranceLevel[];
  readonly proxyCount: number | null;
  readonly list: 'none' | 'everybody' | 'without-the-last' | 'strangers';
  readonly requesters: readonly string[];
  /** What the IdP says. */
  readonly level: AssuranceLevel;
  readonly authorities: readonly string[];
  readonly restriction: number | null;
}
const level = fc.constantFrom<AssuranceLevel>('loa2', 'loa3');
const ids = (word: string) => fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }).map((numbers) => numbers.map((number) => `https://${word}${String(number)}.example/`));
const chains: fc.Arbitrary<Chain> = fc.record({
  caps: fc.array(fc.constantFrom<AssuranceLevel>('loa3', 'loa3', 'loa3', 'loa2'), { minLength: 1, maxLength: 4 }),
  comparison: fc.constantFrom<Comparison>('exact', 'minimum', 'better', 'maximum'), levels: fc.uniqueArray(level, { minLength: 1, maxLength: 2 }),
  proxyCount: fc.option(fc.integer({ min: 0, max: 5 }), { freq: 3 }), list: fc.constantFrom<Chain['list']>('none', 'none', 'none', 'everybody', 'without-the-last', 'strangers'),
  requesters: ids('requester'), level, authorities: ids('authority'), restriction: fc.option(fc.integer({ min: 0, max: 5 }), { freq: 3 }),
});

/** What the specification says of a chain: a refusal, or what the two ends see. */
const expected = ({ caps, comparison, levels, proxyCount, list, requesters, level: said, authorities, restriction }: Chain) => {
  const rank = rankOf(said);
  const meets = (one: AssuranceLevel): boolean => ({
    exact: levels.includes(one), minimum: levels.some((other) => rankOf(one) >= rankOf(other)), better: levels.every((other) => rankOf(one) > rankOf(other)), maximum: levels.some((other) => rankOf(one) <= rankOf(other)),
  })[comparison];
  const possible = assuranceLevels.filter((one) => (one === 'loa2' || one === 'loa3') && meets(one) && caps.every((cap) => rankOf(one) <= rankOf(cap)));
  // Without a limit the first in the chain sets one: two more.
  const room = proxyCount ?? 3;
  const refused = possible.length === 0 || caps.length > room || list === 'strangers' || list === 'without-the-last' || !possible.includes(said) || (restriction !== null && restriction < caps.length);
  const proxies = caps.map((_cap, at) => `https://proxy${String(at)}.example`);
  return refused ? null : {
    level: uri[said], rank,
    // In the order of the chain, the nearest to us last; who answers is not in its own list [SAMLCore §2.7.2.2].
    authorities: [...authorities, IDP, ...proxies.slice(1).toReversed().map((proxy) => `${proxy}/idp`)],
    requesters: [...requesters, APPLICATION, ...proxies.slice(0, -1).map((proxy) => `${proxy}/sp`)],
    proxyCount: room - caps.length, restriction: restriction === null ? undefined : String(restriction - caps.length),
  };
};

const idpLists: Readonly<Record<Chain['list'], (caps: Chain['caps']) => readonly string[]>> = {
  'none': () => [], 'strangers': () => ['https://stranger.example/idp'],
  'everybody': (caps) => [...caps.map((_cap, at) => `https://proxy${String(at)}.example/idp`), IDP], 'without-the-last': (caps) => caps.map((_cap, at) => `https://proxy${String(at)}.example/idp`),
};
const firstRequest = ({ caps, comparison, levels, proxyCount, list, requesters }: Chain): string => {
  const listed = idpLists[list](caps);
  const inside = `${listed.length === 0 ? '' : `<samlp:IDPList>${listed.map((id) => `<samlp:IDPEntry ProviderID="${id}"></samlp:IDPEntry>`).join('')}</samlp:IDPList>`}${requesters.map((id) => `<samlp:RequesterID>${id}</samlp:RequesterID>`).join('')}`;
  const scoping = inside === '' && proxyCount === null ? '' : `<samlp:Scoping${proxyCount === null ? '' : ` ProxyCount="${String(proxyCount)}"`}>${inside}</samlp:Scoping>`;
  return redirectQuery(authnRequest({
    issuer: APPLICATION, attributes: { Destination: 'https://proxy0.example/idp/sso', AssertionConsumerServiceURL: `${APPLICATION}/acs` },
    children: `<samlp:NameIDPolicy Format="${nameIdFormats.transient}" AllowCreate="true"></samlp:NameIDPolicy><samlp:RequestedAuthnContext Comparison="${comparison}">${levels.map((one) => `<saml:AuthnContextClassRef>${uri[one]}</saml:AuthnContextClassRef>`).join('')}</samlp:RequestedAuthnContext>${scoping}`,
  }), { key });
};

/** Through the whole chain and back; null when somebody in it refused, with its code. */
const travel = async (chain: Chain) => {
  const hops = chain.caps.map((_cap, at) => hopAt(at, chain.caps));
  const asked: Asked[] = [];
  let rawQuery = firstRequest(chain);
  let location = '';
  try {
    for (const hop of hops) {
      const out = await goOut(hop, rawQuery);
      asked.push(out.asked);
      ({ location } = out);
      rawQuery = new URL(location).search.slice(1);
    }
    const atIdp = readOut(location);
    const last = asked.at(-1);
    let xml = upstreamAnswer({
      now: NOW, acs: last?.hop.acs ?? '', audience: last?.hop.spId ?? '', inResponseTo: atIdp.id, issuer: IDP, responseIssuer: `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${IDP}</saml:Issuer>`,
      key, classRef: uri[chain.level], authorities: chain.authorities, attributes: { [EMPLOYEE_HSA_ID]: [PERSON_HSA_ID] },
      restrictions: `${audienceOf(last?.hop.spId ?? '')}${chain.restriction === null ? '' : `<saml:ProxyRestriction Count="${String(chain.restriction)}"></saml:ProxyRestriction>`}`,
    });
    for (const step of asked.toReversed()) ({ xml } = await comeBack(step, xml));
    const tree = treeOf(xml);
    const text = (name: string): string[] => deep(tree, name).map((one) => textIn(one));
    return {
      level: text('AuthnContextClassRef')[0], authorities: text('AuthenticatingAuthority'), requesters: atIdp.scoping?.requesterIds, proxyCount: atIdp.scoping?.proxyCount,
      list: atIdp.scoping?.idpList, restriction: attributeValue(deep(tree, 'ProxyRestriction')[0], 'Count'),
    };
  } catch (error) {
    if (isBrygganError(error) || (error instanceof Error && 'code' in error)) return null;
    throw error;
  }
};

describe('over generated chains', () => {
  it('AuthenticatingAuthority is complete and in order, the level is one that was asked for, requesters are appended, counts go down by one', async () => {
    let through = 0;
    await fc.assert(fc.asyncProperty(chains, async (chain) => {
      const [wanted, got] = [expected(chain), await travel(chain)];
      if (wanted === null) {
        expect(got).toBeNull();
        return;
      }
      through += 1;
      const { rank, ...rest } = wanted;
      expect(rank).toBeGreaterThan(0);
      // What came in IDPList goes out again: nobody is removed.
      expect(got).toEqual({ ...rest, list: chain.list === 'none' ? null : [...idpLists[chain.list](chain.caps)] });
    }), { numRuns: 120, seed: 20_260_601 });
    // The chains that get through must not be a curiosity among refusals.
    expect(through).toBeGreaterThan(20);
  });
});
