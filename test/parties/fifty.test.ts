/** The parties that ship are the ones of the public registers, letter for letter; what was invented about them is marked so. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseOrganisationNumber } from '../../src/core/ids.ts';
import { loadConfiguration, registrySettings } from '../../src/config/load.ts';
import type { Registry } from '../../src/parties/model.ts';
import { checkTree } from '../../src/parties/sources/load.ts';
import { readServiceMetadata } from './tree.ts';

// id | official name | own style | organisation number | municipality code | domain | sub-region | where the number was read
const table = `
vgr | Västra Götalandsregionen | Västra Götalandsregionen (VGR) | 232100-0131 | – (county code 14) | vgregion.se | whole county (49 municipalities) | WD, SW
ale | Ale kommun | Ale kommun | 212000-1439 | 1440 | ale.se | GR Göteborgsregionen | WD
alingsas | Alingsås kommun | Alingsås kommun | 212000-1553 | 1489 | alingsas.se | GR Göteborgsregionen | WD, KB
amal | Åmåls kommun | Åmåls kommun | 212000-1587 | 1492 | amal.se | Fyrbodal | WD, SW
bengtsfors | Bengtsfors kommun | Bengtsfors kommun | 212000-1470 | 1460 | bengtsfors.se | Fyrbodal | WD
bollebygd | Bollebygds kommun | Bollebygds kommun | 212000-2973 | 1443 | bollebygd.se | Boråsregionen Sjuhärad | WD
boras | Borås kommun | Borås Stad | 212000-1561 | 1490 | boras.se | Boråsregionen Sjuhärad | SW, WP
dals-ed | Dals-Eds kommun | Dals-Eds kommun | 212000-1413 | 1438 | dalsed.se | Fyrbodal | WD, SW
essunga | Essunga kommun | Essunga kommun | 212000-2916 | 1445 | essunga.se | Skaraborg | WD
falkoping | Falköpings kommun | Falköpings kommun | 212000-1744 | 1499 | falkoping.se | Skaraborg | WD
fargelanda | Färgelanda kommun | Färgelanda kommun | 212000-1421 | 1439 | fargelanda.se | Fyrbodal | OWN
goteborg | Göteborgs kommun | Göteborgs Stad | 212000-1355 | 1480 | goteborg.se | GR Göteborgsregionen | WD, SW, WP, SKV
gotene | Götene kommun | Götene kommun | 212000-1652 | 1471 | gotene.se | Skaraborg | WD, OWN
grastorp | Grästorps kommun | Grästorps kommun | 212000-1595 | 1444 | grastorp.se | Skaraborg | WD, SW, VARA
gullspang | Gullspångs kommun | Gullspångs kommun | 212000-1637 | 1447 | gullspang.se | Skaraborg | WD
harryda | Härryda kommun | Härryda kommun | 212000-1264 | 1401 | harryda.se | GR Göteborgsregionen | WD
herrljunga | Herrljunga kommun | Herrljunga kommun | 212000-1520 | 1466 | herrljunga.se | Boråsregionen Sjuhärad | WD
hjo | Hjo kommun | Hjo kommun | 212000-1728 | 1497 | hjo.se | Skaraborg | WD
karlsborg | Karlsborgs kommun | Karlsborgs kommun | 212000-1629 | 1446 | karlsborg.se | Skaraborg | WD
kungalv | Kungälvs kommun | Kungälvs kommun | 212000-1371 | 1482 | kungalv.se | GR Göteborgsregionen | WD, WP
lerum | Lerums kommun | Lerums kommun | 212000-1447 | 1441 | lerum.se | GR Göteborgsregionen | WD, SKV
lidkoping | Lidköpings kommun | Lidköpings kommun | 212000-1694 | 1494 | lidkoping.se | Skaraborg | WD, OWN, VARA
lilla-edet | Lilla Edets kommun | Lilla Edets kommun | 212000-1496 | 1462 | lillaedet.se | GR Göteborgsregionen | WD, OWN
lysekil | Lysekils kommun | Lysekils kommun | 212000-1389 | 1484 | lysekil.se | Fyrbodal | WD
mariestad | Mariestads kommun | Mariestads kommun | 212000-1686 | 1493 | mariestad.se | Skaraborg | WD
mark | Marks kommun | Marks kommun | 212000-1504 | 1463 | mark.se | Boråsregionen Sjuhärad | WD
mellerud | Melleruds kommun | Melleruds kommun | 212000-1488 | 1461 | mellerud.se | Fyrbodal | WD, SW
molndal | Mölndals kommun | Mölndals stad | 212000-1363 | 1481 | molndal.se | GR Göteborgsregionen | SW
munkedal | Munkedals kommun | Munkedals kommun | 212000-1330 | 1430 | munkedal.se | Fyrbodal | WD
ockero | Öckerö kommun | Öckerö kommun | 212000-1280 | 1407 | ockero.se | GR Göteborgsregionen | WD
orust | Orusts kommun | Orust kommun | 212000-1314 | 1421 | orust.se | Fyrbodal | WD, WP
partille | Partille kommun | Partille kommun | 212000-1272 | 1402 | partille.se | GR Göteborgsregionen | WD
skara | Skara kommun | Skara kommun | 212000-1702 | 1495 | skara.se | Skaraborg | WD, DP
skovde | Skövde kommun | Skövde kommun | 212000-1710 | 1496 | skovde.se | Skaraborg | WD
sotenas | Sotenäs kommun | Sotenäs kommun | 212000-1322 | 1427 | sotenas.se | Fyrbodal | WD
stenungsund | Stenungsunds kommun | Stenungsunds kommun | 212000-1298 | 1415 | stenungsund.se | GR Göteborgsregionen | WD
stromstad | Strömstads kommun | Strömstads kommun | 212000-1405 | 1486 | stromstad.se | Fyrbodal | WD
svenljunga | Svenljunga kommun | Svenljunga kommun | 212000-1512 | 1465 | svenljunga.se | Boråsregionen Sjuhärad | WD, SW
tanum | Tanums kommun | Tanums kommun | 212000-1348 | 1435 | tanum.se | Fyrbodal | WD
tibro | Tibro kommun | Tibro kommun | 212000-1660 | 1472 | tibro.se | Skaraborg | WD
tidaholm | Tidaholms kommun | Tidaholms kommun | 212000-1736 | 1498 | tidaholm.se | Skaraborg | WD
tjorn | Tjörns kommun | Tjörns kommun | 212000-1306 | 1419 | tjorn.se | GR Göteborgsregionen | WD
toreboda | Töreboda kommun | Töreboda kommun | 212000-1678 | 1473 | toreboda.se | Skaraborg | WD
tranemo | Tranemo kommun | Tranemo kommun | 212000-1462 | 1452 | tranemo.se | Boråsregionen Sjuhärad | WD
trollhattan | Trollhättans kommun | Trollhättans Stad | 212000-1546 | 1488 | trollhattan.se | Fyrbodal | WD
uddevalla | Uddevalla kommun | Uddevalla kommun | 212000-1397 | 1485 | uddevalla.se | Fyrbodal | WD, OWN
ulricehamn | Ulricehamns kommun | Ulricehamns kommun | 212000-1579 | 1491 | ulricehamn.se | Boråsregionen Sjuhärad | WD, WP
vanersborg | Vänersborgs kommun | Vänersborgs kommun | 212000-1538 | 1487 | vanersborg.se | Fyrbodal | WD
vara | Vara kommun | Vara kommun | 212000-2924 | 1470 | vara.se | Skaraborg | WD, VARA
vargarda | Vårgårda kommun | Vårgårda kommun | 212000-1454 | 1442 | vargarda.se | Boråsregionen Sjuhärad | WD
`.trim().split('\n').map((line) => line.split(' | ')) as unknown as readonly (readonly [string, string, string, string, string, string, string, string])[];
const subRegions: Readonly<Record<string, string>> = { 'whole county (49 municipalities)': 'region', 'GR Göteborgsregionen': 'goteborgsregionen', 'Boråsregionen Sjuhärad': 'borasregionen', Skaraborg: 'skaraborg', Fyrbodal: 'fyrbodal' };

const root = join(import.meta.dirname, '../..');
const directory = join(root, 'config/parties');
interface Raw { name: string; displayName?: string; organisationNumber: string; municipalityCode?: string; domain: string; subRegion: string; numberReadIn: string[]; enabled?: boolean; support: { phone: string; email: string; invented?: boolean }; affiliates?: { name: string; organisationNumber: string; invented?: boolean }[]; networks: string[] }
const raw = (id: string): Raw => parse(readFileSync(join(directory, `${id}.yaml`), 'utf8')) as Raw;

test('there are fifty, each with a file, and one file for what they share', () => {
  expect(table).toHaveLength(50);
  expect(readdirSync(directory).toSorted()).toEqual([...table.map(([id]) => `${id}.yaml`), 'joint.yaml'].toSorted());
});
test.each(table)('%s is %s', (...row) => {
  const [id, name, own, number, code, domain, subRegion, readIn] = row;
  const file = raw(id);
  expect([file.name, file.displayName ?? file.name, file.organisationNumber, file.municipalityCode ?? '– (county code 14)', file.domain, file.subRegion, file.numberReadIn.join(', ')]).toEqual([name, own, number, code, domain, subRegions[subRegion], readIn]);
});
test('numbers and codes are fifty different ones, with right check digits', () => {
  expect(new Set(table.map(([, , , number]) => parseOrganisationNumber(number))).size).toBe(50);
  expect(new Set(table.map(([, , , , code]) => code)).size).toBe(50);
});
test('sub-regions have the members that their associations list', () => {
  const counts = Map.groupBy(table, ([, , , , , , subRegion]) => subRegions[subRegion]);
  expect(Object.fromEntries([...counts].map(([name, members]) => [name, members.length]))).toEqual({ region: 1, goteborgsregionen: 12, borasregionen: 8, skaraborg: 15, fyrbodal: 14 });
});

describe('what is invented', () => {
  const affiliates = table.flatMap(([id]) => (raw(id).affiliates ?? []).map((affiliate) => ({ id, ...affiliate })));
  test.each([...table.map(([id]) => id), 'joint'])('%s: the contact is marked, its number is of the fictional series, its address reaches nobody', (id) => {
    const { support } = raw(id);
    expect(support.invented).toBe(true);
    expect(support.phone).toMatch(/^031-390 06 \d\d$/);
    expect(support.email).toBe(`it-stod@${id}.example`);
  });
  test('affiliates are marked, by flag and by name, and their numbers have right check digits', () => {
    expect(affiliates.length).toBeGreaterThanOrEqual(5);
    for (const { name, organisationNumber, invented } of affiliates) {
      expect(invented, name).toBe(true);
      expect(name).toMatch(/ \((?:påhittad|utveckling)\)$/);
      expect(parseOrganisationNumber(organisationNumber)).toMatch(/^559998/);
    }
  });
  test('networks are of the ranges for documentation, and nobody’s twice', () => {
    const networks = table.flatMap(([id]) => raw(id).networks);
    expect(networks.filter((network) => !/^(?:192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|2001:db8:)/.test(network))).toEqual([]);
    expect(new Set(networks).size).toBe(networks.length);
  });
});

test('together they are a registry: every number finds its party, affiliates too, and the shared party nobody', async () => {
  const { registry, findings } = await checkTree(root, { settings: registrySettings(loadConfiguration(root, {})), readServiceMetadata });
  expect(findings.filter(({ file }) => file.startsWith('config/parties'))).toEqual([]);
  const { parties, partiesByOrganisation } = registry as Registry;
  expect(parties.size).toBe(51);
  for (const [id, , , number] of table) expect(partiesByOrganisation.get(parseOrganisationNumber(number))?.id).toBe(id);
  expect(partiesByOrganisation.get(parseOrganisationNumber('5599980017'))?.id).toBe('vgr');
  expect([...partiesByOrganisation.values()].map(({ id }) => id)).not.toContain('joint');
});
