import { describe, expect, it } from 'vitest';
import { chooseActing, type ChoiceOutcome, type ChoiceQuestion } from '../../src/login/4-choose-commission.ts';
import type { Employment } from '../../src/directory/model.ts';
import { byHsaId, byNumber, commission, hsaId, number, person, post, provider, unit } from '../directory/people.ts';
import { refusedWith } from '../fixtures/refused.ts';

const wishes = (...names: readonly string[]): ChoiceQuestion['requested'] => names.map((name) => ({ attribute: name.replace('!', ''), wireName: name, required: name.endsWith('!') }));
const first = post();
const second = post({ hsaId: hsaId('POST2'), title: 'Forskare', organisation: { name: 'Göteborgs Stad', number: '2120001355' as never, hsaId: null }, commissions: [] });
const c1 = commission();
const c2 = commission({ hsaId: hsaId('COMMISSION2'), name: 'Administration', purpose: 'Administration', unit: unit({ hsaId: hsaId('UNIT2'), name: 'Akuten' }) });
const ask = (posts: readonly Employment[], requested: readonly string[], change: Partial<ChoiceQuestion> = {}): ChoiceOutcome =>
  chooseActing({ identity: byNumber(), person: person({ employments: posts }), requested: wishes(...requested), preselection: {}, previousChoice: null, remembered: () => false, ...change });
/** One word for the outcome: who acts, or what is asked. */
const said = (outcome: ChoiceOutcome): string => {
  if (outcome.kind === 'chosen') return `${outcome.acting.employment?.hsaId.split('-')[1] ?? 'nobody'}/${outcome.acting.commission?.hsaId.split('-')[1] ?? 'none'}`;
  return `${outcome.kind}: ${outcome.options.map(({ choice }) => (outcome.kind === 'ask-employee' ? choice.employeeHsaId : choice.commissionHsaId)?.split('-')[1]).join(' ')}`;
};
const two = { ...first, commissions: [c1, c2] };

describe('rule 2: facts of the credential and the login need no choice', () => {
  it.each([['credentialPersonalIdentityNumber'], ['levelOfAssurance'], ['certificateIssuerName']])('%s asks nothing of somebody with two posts', (attribute) => {
    expect(said(ask([two, second], [attribute]))).toBe('nobody/none');
  });
});

describe('rule 3: a post', () => {
  it('is asked for when a wish needs it and there are two', () => expect(said(ask([first, second], ['employeeHsaId']))).toBe('ask-employee: POST2 POST1'));
  it('is taken when there is one', () => expect(said(ask([first], ['employeeHsaId']))).toBe('POST1/none'));
  it('is fixed by an HSA-id certificate, also when there are several', () => {
    expect(said(ask([first, second], ['employeeHsaId'], { identity: byHsaId(hsaId('POST2')) }))).toBe('POST2/none');
    expect(said(ask([first, second], ['employeeHsaId'], { identity: byHsaId('se2321000131-post1' as never) }))).toBe('POST1/none');
  });
  it('of an HSA-id certificate is never replaced by another post of the person', () => {
    refusedWith('employee.none', () => ask([second], ['employeeHsaId'], { identity: byHsaId(hsaId('POST1')) }));
    refusedWith('employee.none', () => ask([second], ['levelOfAssurance'], { identity: byHsaId(hsaId('POST1')) }));
  });
  it('that is missing ends the login when required, and is left out when wished for', () => {
    refusedWith('employee.none', () => ask([], ['employeeHsaId!']));
    expect(said(ask([], ['employeeHsaId']))).toBe('nobody/none');
  });
  it('of somebody whom the directory does not know is treated the same', () => {
    refusedWith('employee.none', () => ask([], ['mail!'], { person: null }));
    expect(said(ask([], ['credentialDisplayName!'], { person: null, identity: byHsaId() }))).toBe('nobody/none');
  });
});

describe('rule 4: a commission', () => {
  it('is asked for when a wish needs it and there are several', () => expect(said(ask([two], ['commissionPurpose']))).toBe('ask-commission: COMMISSION2 COMMISSION1'));
  it('is taken when there is exactly one', () => expect(said(ask([first], ['commissionPurpose']))).toBe('POST1/COMMISSION1'));
  it('that is missing ends the login when required, and is left out when wished for', () => {
    refusedWith('commission.none', () => ask([second], ['commissionPurpose!']));
    expect(said(ask([second], ['commissionPurpose']))).toBe('POST2/none');
  });
  it('is not asked for when only the post matters', () => expect(said(ask([two], ['employeeHsaId', 'mail']))).toBe('POST1/none'));
  it('comes after the post when both are open', () => {
    const other = { ...second, commissions: [c2] };
    expect(said(ask([two, other], ['commissionPurpose']))).toBe('ask-employee: POST2 POST1');
    expect(said(ask([two, other], ['commissionPurpose'], { previousChoice: { employeeHsaId: first.hsaId, commissionHsaId: null } }))).toBe('ask-commission: COMMISSION2 COMMISSION1');
  });
  it('that is required leaves only posts that have one', () => {
    expect(said(ask([first, second], ['commissionPurpose!']))).toBe('POST1/COMMISSION1');
    expect(said(ask([first, second], ['commissionPurpose']))).toBe('ask-employee: POST2 POST1');
  });
  it('is looked for on the post that the certificate names, and nowhere else', () => {
    expect(said(ask([two, second], ['commissionPurpose'], { identity: byHsaId(hsaId('POST1')) }))).toBe('ask-commission: COMMISSION2 COMMISSION1');
    refusedWith('commission.none', () => ask([two, second], ['commissionPurpose!'], { identity: byHsaId(hsaId('POST2')) }));
  });
});

describe('rule 5: lists of everything ask nothing by themselves', () => {
  it('urn:allCommissions and urn:allEmployeeHsaIds open no choice', () => expect(said(ask([two, second], ['allCommissions', 'allEmployeeHsaIds']))).toBe('nobody/none'));
  it('commissionPurpose beside them does', () => expect(said(ask([two], ['allCommissions', 'commissionPurpose']))).toBe('ask-commission: COMMISSION2 COMMISSION1'));
});

describe('rule 6: what was chosen in the session', () => {
  const before = { employeeHsaId: first.hsaId, commissionHsaId: c2.hsaId };
  it('is reused without a question', () => expect(said(ask([two, second], ['commissionPurpose!'], { previousChoice: before }))).toBe('POST1/COMMISSION2'));
  it('is kept past a service that does not look at it', () => expect(said(ask([two, second], ['levelOfAssurance'], { previousChoice: before }))).toBe('POST1/COMMISSION2'));
  it('is asked for again when the commission is gone', () => expect(said(ask([{ ...first, commissions: [c1, commission({ hsaId: hsaId('COMMISSION3') })] }], ['commissionPurpose'], { previousChoice: before }))).toBe('ask-commission: COMMISSION1 COMMISSION3'));
  it('is asked for again when the post is gone', () => expect(said(ask([second, { ...second, hsaId: hsaId('POST3') }], ['employeeHsaId'], { previousChoice: before }))).toBe('ask-employee: POST2 POST3'));
  it('at the level of a post leads to the question of the commission later', () => {
    expect(said(ask([two, second], ['commissionPurpose'], { previousChoice: { employeeHsaId: first.hsaId, commissionHsaId: null } }))).toBe('ask-commission: COMMISSION2 COMMISSION1');
  });
  it('never overrules the certificate', () => {
    expect(said(ask([two, second], ['employeeHsaId'], { identity: byHsaId(hsaId('POST2')), previousChoice: before }))).toBe('POST2/none');
  });
});

describe('rule 7: preselection', () => {
  it.each([
    ['commissionHsaId', c2.hsaId, 'POST1/COMMISSION2'],
    ['commissionHsaId', c2.hsaId.toLowerCase(), 'POST1/COMMISSION2'],
    ['employeeHsaId', second.hsaId, 'POST2/none'],
    ['userOrganisationIdentifier', '2120001355', 'POST2/none'],
    ['personalIdentityNumber', number, 'nobody/none'],
    ['credentialPersonalIdentityNumber', number, 'nobody/none'],
    ['commissionPurpose', 'Administration', 'POST1/COMMISSION2'],
    ['userOrgAffiliation', `${second.hsaId}@2120001355`, 'POST2/none'],
  ])('%s = %s ends as exactly that', (attribute, value, expected) => expect(said(ask([two, second], [], { preselection: { [attribute]: value } }))).toBe(expected));
  it.each([
    ['commissionHsaId', hsaId('COMMISSION9')], ['employeeHsaId', hsaId('POST9')], ['personalIdentityNumber', '190203639927'], ['credentialEmployeeHsaId', first.hsaId],
    ['organisationIdentifier', '2120001355'], ['unheard-of', 'x'], ['commissionPurpose', 'administration'], ['allCommissions', '[]'],
  ])('%s = %s is somebody or something else', (attribute, value) => {
    refusedWith('principal.mismatch', () => ask([two, second], [], { preselection: { [attribute]: value } }));
  });
  it('two values must both hold', () => {
    expect(said(ask([two, second], [], { preselection: { employeeHsaId: first.hsaId, commissionHsaId: c2.hsaId } }))).toBe('POST1/COMMISSION2');
    refusedWith('principal.mismatch', () => ask([two, second], [], { preselection: { employeeHsaId: second.hsaId, commissionHsaId: c2.hsaId } }));
  });
  it('overrules what was chosen in the session', () => {
    expect(said(ask([two], ['commissionPurpose'], { preselection: { commissionHsaId: c1.hsaId }, previousChoice: { employeeHsaId: first.hsaId, commissionHsaId: c2.hsaId } }))).toBe('POST1/COMMISSION1');
  });
  it('cannot name a post that the certificate does not', () => {
    refusedWith('principal.mismatch', () => ask([two, second], [], { identity: byHsaId(hsaId('POST1')), preselection: { employeeHsaId: second.hsaId } }));
  });
  it('that leaves several asks among those', () => {
    const more = { ...first, commissions: [c1, c2, commission({ hsaId: hsaId('COMMISSION3'), name: 'Ö' })] };
    expect(said(ask([more], ['commissionPurpose'], { preselection: { commissionPurpose: 'Vård och behandling' } }))).toBe('ask-commission: COMMISSION1 COMMISSION3');
  });
  it('tells nothing of what it demanded', () => {
    const error = refusedWith('principal.mismatch', () => ask([two], [], { preselection: { personalIdentityNumber: '190203639927' } }));
    expect(JSON.stringify([error.message, error.facts])).not.toContain('1902');
  });
});

describe('the list that is shown', () => {
  const many = { ...first, commissions: Array.from({ length: 40 }, (_, i) => commission({ hsaId: hsaId(`COMMISSION${i + 1}`), name: `Uppdrag ${i + 1}`, unit: unit({ name: `Enhet ${String(i % 7)}` }), provider: provider({ name: i % 2 === 0 ? 'Ängsvården' : 'Zonvården' }) })) };
  const asked = (change: Partial<ChoiceQuestion> = {}) => {
    const outcome = ask([many], ['commissionPurpose'], change);
    return outcome.kind === 'ask-commission' ? outcome.options : [];
  };
  it('holds each commission once, with its place as index', () => {
    expect(asked().map(({ option }) => option.index)).toEqual([...Array(40).keys()]);
    expect(new Set(asked().map(({ choice }) => choice.commissionHsaId)).size).toBe(40);
  });
  it('is in Swedish order by provider and unit', () => expect([asked()[0]!.option.provider, asked()[39]!.option.provider]).toEqual(['Zonvården', 'Ängsvården']));
  it('is the same list however the directory ordered it, so that an index keeps its meaning (threats J06)', () => {
    const outcome = ask([{ ...many, commissions: many.commissions.toReversed() }], ['commissionPurpose']);
    expect(outcome.kind === 'ask-commission' ? outcome.options : []).toEqual(asked());
  });
  it('has what was used before at this browser first, marked and not taken', () => {
    const [top, next] = asked({ remembered: ({ commissionHsaId }) => commissionHsaId === hsaId('COMMISSION40') });
    expect([top!.choice.commissionHsaId, top!.option.lastUsed, next!.option.lastUsed]).toEqual([hsaId('COMMISSION40'), true, false]);
  });
  it('shows a post as last used when a commission on it was', () => {
    const outcome = ask([{ ...second, commissions: [c2] }, two], ['commissionPurpose'], { remembered: ({ commissionHsaId }) => commissionHsaId === c1.hsaId });
    expect(outcome.kind === 'ask-employee' ? outcome.options.map(({ option }) => [option.organisation, option.lastUsed]) : []).toEqual([['Västra Götalandsregionen', true], ['Göteborgs Stad', false]]);
  });
  it('tells two untitled posts with one employer apart', () => {
    const outcome = ask([{ ...first, title: null }, { ...first, title: null, hsaId: hsaId('POST5') }], ['employeeHsaId']);
    expect(outcome.kind === 'ask-employee' ? outcome.options.map(({ option }) => option.title) : []).toEqual([first.hsaId, hsaId('POST5')]);
  });
});
