/** `service show --guide`: the supplier's instruction, as Markdown or in parts. */
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { fail } from '../../core/errors.ts';
import { isLocale, type Locale } from '../../core/locale.ts';
import type { ServiceId } from '../../core/ids.ts';
import { guideFor } from '../kit/guide.ts';
import type { Opened } from '../tools.ts';
import { printJson, type Print } from './output.ts';

export const languageOf = (value: string): Locale => (isLocale(value) ? value : (() => { throw new InvalidArgumentError('sv or en is wanted.'); })());
export const printGuide = (opened: Opened, id: string, { language, json }: { readonly language: Locale; readonly json: boolean }, print: Print): void => {
  const { registry, releasePolicy: policy, our } = opened;
  const service = registry.services.get(id as ServiceId) ?? fail('command.usage', `there is no service ${id}; \`bryggan service list\` names them all`);
  const guide = guideFor({ service, party: registry.parties.get(service.party), policy, our, language });
  if (json) printJson(guide, print);
  else print(guide.text);
};
