import { describe, expect, it } from 'vitest';
import { ancestorsOf, normalDn, organisationAt, parentOf } from '../../src/directory/dn.ts';

describe('distinguished names', () => {
  it.each([
    ['cn=A,ou=B,c=SE', 'ou=B,c=SE'], ['cn=A\\,B,ou=C', 'ou=C'], ['cn="A,B",ou=C', 'ou=C'], ['cn=A\\\\,ou=C', 'ou=C'], ['cn=A, ou=C', 'ou=C'], ['c=SE', undefined],
  ])('the parent of %s is %s', (dn, parent) => expect(parentOf(dn)).toBe(parent));
  it('ancestors come nearest first', () => expect(ancestorsOf('cn=A,ou=B,o=C,c=SE')).toEqual(['ou=B,o=C,c=SE', 'o=C,c=SE', 'c=SE']));
  it('spelling does not tell two apart', () => expect(normalDn('OU = Anställda , O=VGR')).toBe(normalDn('ou=anställda,o=vgr')));
  it('the nearest configured organisation wins, at any depth and itself included', () => {
    const places = [{ dn: 'o=Region,c=SE', name: 'Region', number: '2321000131' as never }, { dn: 'ou=Bolag,o=Region,c=SE', name: 'Bolag', number: '5599980017' as never }];
    const at = (dn: string) => organisationAt(dn, places)?.name;
    expect([at('cn=x,ou=Vård,O=region,C=se'), at('cn=x,ou=Bolag, o=Region,c=SE'), at('o=Region,c=SE'), at('cn=x,o=Annan,c=SE'), at('cn=x,o=Region 2,c=SE')]).toEqual(['Region', 'Bolag', 'Region', undefined, undefined]);
  });
});
