/**
 * Keeps the feeds published: signs when their content changed and in good time before they end, has another implementation verify them,
 * and only then puts them in the place of the ones before. A fault leaves those serving and is told.
 */
import { fail, toBrygganError } from '../../core/errors.ts';
import type { Clock, Instant, Log } from '../../core/ports.ts';
import type { Signer } from '../../saml/xml/index.ts';
import { documentFrom, fingerprintOf, signFeed, transformedId } from './documents.ts';
import { feedIds, type FeedContent, type FeedId, type FeedMember, type FeedSettings, type PublishedFeed } from './model.ts';
import type { Verify } from './second-opinion.ts';

/** Since when each entity has been in each feed, kept over restarts: `<feed> <entityID>` → instant. */
export interface SinceStore { read(): Readonly<Record<string, Instant>>; write(since: Readonly<Record<string, Instant>>): void }
export interface PublisherOptions {
  readonly settings: Readonly<Record<FeedId, FeedSettings>>;
  readonly baseUrl: string;
  readonly entityId: string;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly log: Log;
  readonly verify: Verify;
  readonly since: SinceStore;
}
export interface PublisherFault { readonly feed: FeedId; readonly at: Instant; readonly detail: string }
export interface Publisher {
  /** Undefined: switched off, or not yet signed. */
  find(id: FeedId): PublishedFeed | undefined;
  /** It is wanted and has something to say, but cannot be served now: not signed yet, or its last document has ended. */
  isAwaited(id: FeedId): boolean;
  /** Takes the content as it stands; what has neither changed nor come near its end is left alone. Never throws. Ids that were signed anew. */
  refresh(contents: readonly FeedContent[]): Promise<readonly FeedId[]>;
  readonly faults: readonly PublisherFault[];
}
/** Signed anew when this part of its validity is over: readers always hold a copy with half a life before it. */
const RENEW_AT = 0.5;
export const pemOf = (der: string): string => `-----BEGIN CERTIFICATE-----\n${der.match(/.{1,64}/g)?.join('\n') ?? ''}\n-----END CERTIFICATE-----\n`;

export const createPublisher = (options: PublisherOptions): Publisher => {
  const { settings, clock, log, signer, since: store } = options;
  /** null: looked at, and there is nothing to publish. */
  const published = new Map<FeedId, { readonly feed: PublishedFeed; readonly fingerprint: string } | null>();
  const faults = new Map<FeedId, PublisherFault>();
  let since: Readonly<Record<string, Instant>> = store.read();
  let running: Promise<unknown> = Promise.resolve();

  const membersOf = ({ id, entities }: FeedContent, now: Instant): readonly FeedMember[] =>
    entities.map(({ entityId, kind, names, organisation }) => ({ entityId, kind, names, organisation, since: since[`${id} ${entityId}`] ?? now }));
  const remember = (id: FeedId, members: readonly FeedMember[]): void => {
    const others = Object.entries(since).filter(([key]) => !key.startsWith(`${id} `));
    since = Object.fromEntries([...others, ...members.map(({ entityId, since: from }) => [`${id} ${entityId}`, from] as const)]);
    store.write(since);
  };
  const isDue = ({ feed, fingerprint }: { readonly feed: PublishedFeed; readonly fingerprint: string }, wanted: string, now: Instant): boolean =>
    fingerprint !== wanted || now >= feed.signedAt + (feed.validUntil - feed.signedAt) * RENEW_AT;

  const publish = async (content: FeedContent): Promise<boolean> => {
    const { id } = content;
    const now = clock.now();
    const entities = content.entities.filter(({ validUntil }) => validUntil === null || validUntil > now);
    const current = { id, entities };
    const before = published.get(id) ?? undefined;
    const fingerprint = fingerprintOf(current);
    if (before !== undefined && !isDue(before, fingerprint, now)) return false;
    if (entities.length === 0) {
      published.set(id, null);
      return before !== undefined;
    }
    const validUntil = now + settings[id].validitySeconds * 1000;
    const texts = await signFeed(current, { name: `${options.baseUrl}/metadata/${id}.xml`, publisher: options.entityId, signedAt: now, validUntil }, signer);
    await options.verify(pemOf(signer.certificate), [texts.aggregate, ...texts.entities.map(({ text }) => text)]);
    const documents = texts.entities.map(({ entityId, text }) => [entityId, documentFrom(text)] as const);
    const members = membersOf(current, now);
    published.set(id, {
      fingerprint,
      feed: {
        id, signedAt: now, validUntil: Math.min(validUntil, ...entities.flatMap((entity) => entity.validUntil ?? [])), document: documentFrom(texts.aggregate), members,
        entities: new Map(documents.flatMap(([entityId, document]) => [[entityId, document] as const, [transformedId(entityId), document] as const])),
      },
    });
    remember(id, members);
    return true;
  };
  const attempt = async (content: FeedContent): Promise<boolean> => {
    try {
      const done = await publish(content);
      faults.delete(content.id);
      return done;
    } catch (error) {
      const { code, detail } = toBrygganError(error);
      faults.set(content.id, { feed: content.id, at: clock.now(), detail: `${code}: ${detail}` });
      log.error({ feed: content.id, code, detail }, 'a metadata feed could not be published; the one before serves until its own end');
      return false;
    }
  };
  const round = async (contents: readonly FeedContent[]): Promise<readonly FeedId[]> => {
    const signed: FeedId[] = [];
    for (const id of feedIds) {
      const content = contents.find((one) => one.id === id);
      if (content === undefined || !settings[id].enabled) published.set(id, null);
      else if (await attempt(content)) signed.push(id);
    }
    return signed;
  };
  return {
    // A document past its end is not served: absent is better than wrong.
    find: (id) => {
      const feed = published.get(id)?.feed;
      return feed !== undefined && feed.validUntil > clock.now() ? feed : undefined;
    },
    isAwaited: (id) => settings[id].enabled && published.get(id) !== null,
    refresh: (contents) => {
      const next = running.then(() => round(contents));
      running = next.catch(() => undefined);
      return next;
    },
    get faults() { return [...faults.values()]; },
  };
};
/**
 * The feed. `federation.unavailable`: it cannot be served now, and whoever asks keeps what it has: to a query client "not found" would say that
 * the entity is gone. `web.not-found`: there is no such feed.
 */
export const getFeed = (publisher: Publisher, id: FeedId): PublishedFeed =>
  publisher.find(id) ?? (publisher.isAwaited(id) ? fail('federation.unavailable', 'the feed is not signed yet, or its last document has ended') : fail('web.not-found', 'the feed is not published'));
