/**
 * What one service may take of this node, and when a service sends a browser in circles: counted in memory over the running minute,
 * so that it costs the store nothing. Each node counts for itself.
 */
import { fail } from '../core/errors.ts';
import type { ServiceId, SessionId } from '../core/ids.ts';
import type { Clock } from '../core/ports.ts';

export interface PaceLimits {
  /** Requests of one service in a minute: one that floods us must not take the others' share (threats K11). */
  readonly requestsPerService: number;
  /** Answers from one session to one service in a minute without anybody doing anything. */
  readonly silentAnswers: number;
}
export interface Pace {
  /** A verified request of this service came in. Errors: `service.rate`. */
  request(service: ServiceId): void;
  /** A request from this address was refused: how many of the running minute with it. */
  refusals(address: string): number;
  answeredSilently(session: SessionId, service: ServiceId): void;
  /** It was answered so often that no person can be behind it: the service does not keep the login it is given. */
  circles(session: SessionId, service: ServiceId): boolean;
}

const MINUTE = 60_000;
export const createPace = (clock: Clock, limits: PaceLimits): Pace => {
  let began = 0;
  const requests = new Map<string, number>();
  const answers = new Map<string, number>();
  const refused = new Map<string, number>();
  const add = (counts: Map<string, number>, key: string): number => {
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count;
  };
  const turn = (): void => {
    const now = clock.now();
    if (now - began < MINUTE && now >= began) return;
    began = now;
    requests.clear();
    answers.clear();
    refused.clear();
  };
  return {
    request: (service) => {
      turn();
      if (add(requests, service) > limits.requestsPerService) fail('service.rate', `more than ${limits.requestsPerService} requests of one service in a minute`, { service });
    },
    refusals: (address) => { turn(); return add(refused, address); },
    answeredSilently: (session, service) => { turn(); add(answers, `${session} ${service}`); },
    circles: (session, service) => { turn(); return (answers.get(`${session} ${service}`) ?? 0) >= limits.silentAnswers; },
  };
};
