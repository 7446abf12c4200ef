/** The published feeds in the running process: when they are looked at, where their facts are kept, how the page shows them. Used by app.ts alone. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Configuration } from './config/model.ts';
import { fail, toBrygganError } from './core/errors.ts';
import { exportLint } from './app-lint.ts';
import type { Clock, Instant, Log } from './core/ports.ts';
import { findFrozen, freeze } from './federation/publish/frozen.ts';
import { feedIds, type FeedContent, type FeedId, type PublishedDocument } from './federation/publish/model.ts';
import { createPublisher, type Publisher, type SinceStore } from './federation/publish/publisher.ts';
import { verifyByOther } from './federation/publish/second-opinion.ts';
import type { Beside } from './federation/publish/plugin.ts';
import type { FeedLine } from './login/pages.ts';
import type { ServingKeys } from './app-keys.ts';
import type { Signer } from './saml/xml/index.ts';

const sinceStore = (state: string, log: Log): SinceStore => {
  const path = join(state, 'published', 'since.json');
  return {
    read: () => {
      try {
        return JSON.parse(readFileSync(path, 'utf8')) as Record<string, Instant>;
      } catch {
        return {};
      }
    },
    write: (since) => {
      try {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        writeFileSync(`${path}.new`, JSON.stringify(since), { mode: 0o600 });
        renameSync(`${path}.new`, path);
      } catch (error) {
        log.error({ detail: toBrygganError(error).detail }, 'since when entities are in the feeds could not be written');
      }
    },
  };
};

export interface Feeds {
  readonly publisher: Publisher;
  readonly beside: (which: Beside) => Publisher | undefined;
  /** Signs with these keys what they publish; the function that it returns puts it in place. Errors: `federation.not-verified`. */
  follow(keys: ServingKeys): Promise<() => void>;
  readonly frozen: () => PublishedDocument | undefined;
  /** Freezes SAMBI's content as it stands. */
  freeze(): PublishedDocument;
  lines(): readonly FeedLine[];
  /** SHA-256 of the certificate that signs the feeds, in hexadecimal: what readers pin. */
  readonly fingerprint: string;
  readonly certificate: string;
  /** One look; what the timer does. */
  look(): Promise<readonly FeedId[]>;
  start(): void;
  stop(): void;
}
export interface FeedsOptions { readonly configuration: Configuration; readonly keys: ServingKeys; readonly clock: Clock; readonly log: Log; /** Changes whenever the content may. */ readonly version: () => string; readonly contents: (certificates: readonly string[]) => readonly FeedContent[] }

const LOOK_MILLISECONDS = 2000;
const SELDOM_MILLISECONDS = 60_000;
export const openFeeds = ({ configuration, keys: first, clock, log, version, contents: contentsFor }: FeedsOptions): Feeds => {
  const { feeds: settings, publicUrl, entityId, state } = configuration;
  const publishers = new Map<string, Publisher>();
  const publisherFor = (signer: Signer): Publisher => {
    const publisher = publishers.get(signer.certificate) ?? createPublisher({ settings, baseUrl: publicUrl, entityId, signer, clock, log, verify: verifyByOther, since: sinceStore(state, log) });
    publishers.set(signer.certificate, publisher);
    return publisher;
  };
  let keys = first;
  const besideIn = ({ metadata }: ServingKeys, which: Beside): Publisher | undefined => (metadata[which] === null ? undefined : publisherFor(metadata[which]));
  const allIn = (serving: ServingKeys): readonly Publisher[] => [publisherFor(serving.metadata.current), ...(['next', 'previous'] as const).flatMap((which) => besideIn(serving, which) ?? [])];
  const contents = (): readonly FeedContent[] => contentsFor(keys.certificates);
  const publisher: Publisher = {
    find: (id) => publisherFor(keys.metadata.current).find(id),
    isAwaited: (id) => publisherFor(keys.metadata.current).isAwaited(id),
    refresh: async (current) => (await Promise.all(allIn(keys).map((one) => one.refresh(current)))).flat(),
    get faults() { return allIn(keys).flatMap(({ faults }) => faults); },
  };
  let frozen = findFrozen(state);
  let seen: { readonly version: string; readonly at: Instant } | null = null;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<readonly FeedId[]> => {
    const now = clock.now();
    const current = version();
    // Content is looked at when the registry changed, and else often enough to renew in time.
    if (seen?.version === current && now - seen.at < SELDOM_MILLISECONDS) return [];
    seen = { version: current, at: now };
    await setImmediate();
    return publisher.refresh(contents());
  };
  const tell = (error: unknown): void => log.error({ detail: toBrygganError(error).detail }, 'the metadata feeds could not be looked at');
  return {
    publisher, look,
    get fingerprint() { return createHash('sha256').update(Buffer.from(keys.metadata.current.certificate, 'base64')).digest('hex'); },
    get certificate() { return keys.metadata.current.certificate; },
    beside: (which) => besideIn(keys, which),
    follow: async (wanted) => {
      for (const one of allIn(wanted)) {
        await one.refresh(contentsFor(wanted.certificates));
        const [fault] = one.faults;
        if (fault !== undefined && !wanted.urgent) fail('federation.not-verified', fault.detail, { feed: fault.feed });
      }
      return () => {
        keys = wanted;
        const kept = new Set([wanted.metadata.current, wanted.metadata.next, wanted.metadata.previous].map((signer) => signer?.certificate));
        for (const certificate of publishers.keys()) if (!kept.has(certificate)) publishers.delete(certificate);
      };
    },
    frozen: () => frozen,
    freeze: () => {
      const document = freeze(contents().find(({ id }) => id === 'sambi') ?? { id: 'sambi', entities: [] }, state, exportLint(configuration.federations, clock.now()));
      frozen = document;
      return document;
    },
    lines: () => feedIds.flatMap((id): FeedLine[] => {
      const feed = publisher.find(id);
      return feed === undefined ? [] : [{ id, path: `/metadata/${id}.xml`, signedAt: feed.signedAt, validUntil: feed.validUntil, sha256: feed.document.sha256, members: feed.members.map(({ entityId: member, names, organisation, kind, since }) => ({ entityId: member, name: names, organisation, kind, since })) }];
    }),
    start: () => {
      look().catch(tell);
      timer = setInterval(() => { look().catch(tell); }, LOOK_MILLISECONDS);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
};
