/** A real Bryggan, a simulated Net iD Access Server over mutual TLS, and phones: with a picture, or by typing who one is. */
import { phoneKeyOf, type PhoneKey } from '../../src/demo/net-id-keys.ts';
import { addPhoneMethod } from '../../src/demo/net-id-demo.ts';
import { startNetIdService, type NetIdOrder, type NetIdService } from '../../src/demo/net-id-service.ts';
import { goOn, type AskingService } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan, type BrygganOptions } from '../fixtures/bryggan.ts';
import { until } from '../fixtures/ports.ts';
import type { UserAgent, Visit } from '../fixtures/user-agent.ts';

export interface PhoneStatus { readonly kind: 'pending' | 'next' | 'moved' | 'unknown'; readonly hint?: string; readonly to?: string; readonly picture?: string | null }
export interface PhoneStage {
  readonly bryggan: Bryggan;
  readonly service: NetIdService;
  key(person: string): PhoneKey;
  /** Asks for a login and chooses the method; the page that offers the devices. */
  open(agent: UserAgent, asker: AskingService, method?: string): Promise<Visit>;
  /** Begins an order; the page that waits. */
  begin(agent: UserAgent, asker: AskingService, how?: { readonly device?: 'same' | 'other'; readonly method?: string; readonly person?: string }): Promise<{ readonly page: Visit; readonly order: NetIdOrder }>;
  /** As the page's script asks. */
  status(agent: UserAgent, page: Visit): Promise<PhoneStatus>;
  /** Asks until something else than *pending* is said, then goes there. */
  finish(agent: UserAgent, page: Visit): Promise<Visit>;
  stop(): Promise<void>;
}

export const startPhoneStage = async (options: BrygganOptions & { readonly method?: Readonly<Record<string, unknown>> } = {}): Promise<PhoneStage> => {
  const service = await startNetIdService();
  const bryggan = await startBryggan({
    ...options,
    prepare: (place) => {
      addPhoneMethod(place.root, service.url, options.method);
      addPhoneMethod(place.root, service.url, { id: 'efos-by-number', names: { sv: 'Efos med nummer', en: 'Efos by number' }, startsByPicture: false, ...options.method });
      options.prepare?.(place);
    },
  });
  const keys = new Map<string, PhoneKey>();
  const open: PhoneStage['open'] = async (agent, asker, method = 'mobile-efos') => {
    const chooser = await goOn(agent, await asker.start(agent, bryggan));
    return chooser.step === 'phone-start' ? chooser : agent.submit(chooser, { button: ({ value }) => value === method });
  };
  const status: PhoneStage['status'] = async (agent, page) => {
    const answer = await agent.once(`${page.url.origin}${page.url.pathname}/status`, { from: page.url, headers: { accept: 'application/json' } });
    return await answer.json() as PhoneStatus;
  };
  return {
    bryggan, service, open, status,
    key: (person) => {
      const known = keys.get(person) ?? phoneKeyOf(person);
      keys.set(person, known);
      return known;
    },
    begin: async (agent, asker, { device = 'other', method, person } = {}) => {
      const before = service.orders.length;
      const start = await open(agent, asker, method);
      const page = await agent.submit(start, person === undefined ? { button: ({ value }) => value === device } : { form: ({ hidden }) => hidden.some(({ name, value }) => name === 'device' && value === 'other'), fields: { person } });
      const order = service.orders[before];
      if (order === undefined) throw new Error(`no order was begun: ${page.step ?? ''} ${page.text.slice(0, 300)}`);
      return { page, order };
    },
    finish: async (agent, page) => {
      let said: PhoneStatus = { kind: 'pending' };
      await until('the phone’s answer arrives', async () => {
        said = await status(agent, page);
        return said.kind !== 'pending';
      });
      return goOn(agent, await agent.go(new URL(said.to ?? page.url.pathname, page.url).href, { from: page.url }));
    },
    stop: async () => {
      await bryggan.stop();
      await service.close();
    },
  };
};
