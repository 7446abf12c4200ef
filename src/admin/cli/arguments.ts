/** What is given on the command line, checked where it is read. */
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { assuranceLevels, type AssuranceLevel } from '../../core/assurance.ts';
import { fail } from '../../core/errors.ts';

export const port = (value: string): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1024 || number > 65_000) throw new InvalidArgumentError('a port from 1024 to 65000 is wanted.');
  return number;
};
export const day = (value: string): string => {
  if (!/^\d{4}-\d\d-\d\d$/.test(value)) throw new InvalidArgumentError('a day like 2026-11-30 is wanted.');
  return value;
};
export const level = (value: string): AssuranceLevel => assuranceLevels.find((one) => one === value) ?? (() => { throw new InvalidArgumentError(`one of ${assuranceLevels.join(', ')} is wanted.`); })();

export const unknownName = (kind: 'party' | 'service', id: string): never => fail('command.usage', `there is no ${kind} ${id}; \`bryggan ${kind} list\` names them all`);
