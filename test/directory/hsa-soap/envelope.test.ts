import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBrygganError } from '../../../src/core/errors.ts';
import { adminCredentials } from '../../../src/directory/hsa-soap/contracts/admin-credentials.ts';
import type { Contract, SoapQuestion } from '../../../src/directory/hsa-soap/contracts/contract.ts';
import { credentials } from '../../../src/directory/hsa-soap/contracts/credentials.ts';
import { employee } from '../../../src/directory/hsa-soap/contracts/employee.ts';
import { actionOf, readEnvelope, writeEnvelope } from '../../../src/directory/hsa-soap/envelope.ts';
import { answerText, envelope } from '../../fakes/hsa-soap/answers.ts';
import { judgeRequest } from '../../fakes/hsa-soap/requests.ts';
import { refusedWith } from '../../fixtures/refused.ts';
import { hsaId } from '../people.ts';
import { world } from '../world.ts';

const ADDRESS = 'SE165565594230-1000';
const question = (change: Partial<SoapQuestion> = {}): SoapQuestion => ({ key: { kind: 'personal-identity-number', number: '191212121212' as never }, searchBase: null, includeFeigned: false, ...change });
const judge = (contract: Contract, text: string) => judgeRequest({ method: 'POST', path: `/vp${contract.path}`, contentType: 'text/xml; charset=utf-8', action: `"${actionOf(contract)}"` }, text, ADDRESS);

describe('requests', () => {
  it('are written like this', () => {
    expect(writeEnvelope(credentials, question(), ADDRESS)).toBe(
      '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header><LogicalAddress xmlns="urn:riv:itintegration:registry:1">SE165565594230-1000</LogicalAddress></soap:Header><soap:Body>'
      + '<GetCredentialsForPersonIncludingProtectedPerson xmlns="urn:riv:infrastructure:directory:authorizationmanagement:GetCredentialsForPersonIncludingProtectedPersonResponder:2"><personalIdentityNumber>191212121212</personalIdentityNumber><includeFeignedObject>false</includeFeignedObject>'
      + '<profile xmlns="urn:riv:infrastructure:directory:authorizationmanagement:GetCredentialsForPersonIncludingProtectedPersonResponder:2.1">extended1</profile></GetCredentialsForPersonIncludingProtectedPerson></soap:Body></soap:Envelope>');
  });
  it.each([credentials, employee, adminCredentials])('$interaction keeps to its element tree, whoever is asked about', (contract) => {
    expect(judge(contract, writeEnvelope(contract, question(), ADDRESS))).toMatchObject({ interaction: contract.interaction, personalIdentityNumber: '191212121212', personHsaId: null, includeFeigned: false });
    expect(judge(contract, writeEnvelope(contract, question({ key: { kind: 'hsa-id', hsaId: hsaId('A1') }, searchBase: 'o=Västra Götalandsregionen,c=SE', includeFeigned: true }), ADDRESS))).toMatchObject({ personHsaId: 'SE2321000131-A1', personalIdentityNumber: null, includeFeigned: true });
  });
  it('the judge of the simulator finds what is wrong', () => {
    const good = writeEnvelope(credentials, question(), ADDRESS);
    const broken: readonly (readonly [string | RegExp, string])[] = [
      [ADDRESS, 'SE2321000131-1000'], ['<personalIdentityNumber>191212121212</personalIdentityNumber>', ''], ['<personalIdentityNumber>', '<personHsaId>x</personHsaId><personalIdentityNumber>'],
      [/(<includeFeignedObject>false<\/includeFeignedObject>)(<profile.*<\/profile>)/, '$2$1'], [':2.1"', ':2.2"'], ['>false<', '>no<'], ['191212121212', '1212121212'], ['</soap:Body>', '<x/></soap:Body>'],
    ];
    expect(() => judge(credentials, good)).not.toThrow();
    for (const [from, to] of broken) expect(() => judge(credentials, good.replace(from, to)), String(from)).toThrow();
  });
  it('what people bring stays text (threats J02)', () => {
    for (const text of ['</personHsaId><personHsaId>x', ']]>', '<!DOCTYPE x>', '&lt;', '"\'&', 'å\u{1F9B7}\r\n\t']) {
      const written = writeEnvelope(credentials, question({ key: { kind: 'hsa-id', hsaId: text as never } }), ADDRESS);
      expect((written.match(/<personHsaId>/g) ?? []).length).toBe(1);
      expect((written.match(/<profile /g) ?? []).length).toBe(1);
    }
    refusedWith('xml.write', () => writeEnvelope(credentials, question({ key: { kind: 'hsa-id', hsaId: '\u0000' as never } }), ADDRESS));
  });
});

describe('answers', () => {
  const right = answerText({ interaction: 'GetCredentialsForPersonIncludingProtectedPerson', personHsaId: hsaId('POST1'), personalIdentityNumber: null, includeFeigned: true }, world);
  const read = (text: string | Uint8Array) => readEnvelope(Buffer.from(text), credentials, 200, 1_000_000);
  it('the good one is read', () => expect(read(right).all('credentialInformation')[0]?.text('middleAndSurName')).toBe('Sandström'));
  it('property: whatever is changed in it, nothing but our two errors comes out', () => {
    fc.assert(fc.property(fc.nat(right.length - 1), fc.nat(20), fc.string({ maxLength: 12 }), (at, drop, insert) => {
      try {
        read(right.slice(0, at) + insert + right.slice(at + drop));
      } catch (error) {
        expect(isBrygganError(error) ? error.code : String(error)).toMatch(/^directory\.(answer|unavailable)$/);
      }
    }), { numRuns: 1_000 });
  });
  it('property: whatever the bytes, nothing but our two errors comes out', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        read(bytes);
      } catch (error) {
        expect(isBrygganError(error) ? error.code : String(error)).toMatch(/^directory\.answer$/);
      }
    }), { numRuns: 300 });
  });
});

describe('points in time', () => {
  const employeeAnswer = (end: string) => envelope(`<m:GetEmployeeIncludingProtectedPersonResponse xmlns:m="${employee.namespace}" xmlns:x="urn:riv:infrastructure:directory:employee:4"><m:personInformation><x:personHsaId>SE2321000131-A1</x:personHsaId><x:middleAndSurName>Berg</x:middleAndSurName><x:dn>o=x,c=SE</x:dn><x:personStartDate>${end}</x:personStartDate><x:personEndDate>${end}</x:personEndDate></m:personInformation></m:GetEmployeeIncludingProtectedPersonResponse>`);
  const read = (text: string) => {
    const [entry] = readEnvelope(Buffer.from(employeeAnswer(text)), employee, 200, 1_000_000).all('personInformation');
    return [entry!.start('personStartDate'), entry!.end('personEndDate')];
  };
  const noon = Date.UTC(2026, 5, 1, 12);
  const hour = 3_600_000;
  it.each([['2026-06-01T12:00:00Z', noon], ['2026-06-01T12:00:00.000Z', noon], ['2026-06-01T14:00:00+02:00', noon], ['2026-06-01T10:30:00-01:30', noon]])('%s is one moment', (text, expected) => expect(read(text)).toEqual([expected, expected]));
  it('without a zone it is Swedish time, read so that nothing holds longer than it should', () => expect(read('2026-06-01T12:00:00')).toEqual([noon, noon - 2 * hour]));
  it('an empty element is no date', () => expect(read('')).toEqual([null, null]));
  it.each(['2026-06-01', '2026-06-31T12:00:00Z', '2026-06-01T12:00:00+15:00', '20260601120000Z', 'soon'])('%s is refused', (text) => void refusedWith('directory.answer', () => read(text)));
});
