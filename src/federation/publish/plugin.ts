/** Routes of the feeds: static bytes with ETag, gzip and HEAD. The page for people is handed in. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fail } from '../../core/errors.ts';
import { getFeed, type Publisher } from './publisher.ts';
import { isFeedId, type FeedId, type PublishedDocument } from './model.ts';

/** [SAMLMeta §4.1.1; MDQ-SAML §2.1] */
const CONTENT_TYPE = 'application/samlmetadata+xml';
/** While the metadata key is rolled, each reader changes the key that it pins in its own time. */
export type Beside = 'next' | 'previous';
export interface FeedRouteOptions {
  readonly publisher: Publisher;
  /** The export that does not change between reads; undefined until it was made. */
  readonly frozen: () => PublishedDocument | undefined;
  readonly page: (request: FastifyRequest, reply: FastifyReply) => FastifyReply;
  /** Who fetched what, counted. */
  readonly observe: (feed: FeedId | 'sambi-frozen', what: 'feed' | 'entity', request: FastifyRequest, by?: Beside) => void;
  /** The same feeds signed with the key that comes after or came before; undefined: no such key is published. */
  readonly beside?: (which: Beside) => Publisher | undefined;
}
const takesGzip = (request: FastifyRequest): boolean => /(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q\s*=\s*(?:1|0?\.\d*[1-9]))?\s*(?:,|$)/i.test(request.headers['accept-encoding'] ?? '');
const named = (header: string | undefined): readonly string[] => (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));

const send = (request: FastifyRequest, reply: FastifyReply, { bytes, gzip, sha256 }: PublishedDocument): FastifyReply => {
  const zipped = takesGzip(request);
  // Two representations have two tags [RFC 9110 §8.8.3].
  const etag = `"${sha256}${zipped ? '-gzip' : ''}"`;
  void reply.header('etag', etag).header('vary', 'accept-encoding').header('cache-control', 'public, max-age=300').header('x-content-type-options', 'nosniff').type(CONTENT_TYPE);
  const asked = named(request.headers['if-none-match']);
  if (asked.includes(etag) || asked.includes('*')) return reply.code(304).send();
  if (zipped) void reply.header('content-encoding', 'gzip');
  return reply.send(zipped ? gzip : bytes);
};
const idOf = (text: string): FeedId => (isFeedId(text) ? text : fail('web.not-found', 'no such feed'));

export const registerFeeds = (server: FastifyInstance, { publisher, frozen, page, observe, beside }: FeedRouteOptions): void => {
  server.get('/metadata', page);
  server.get<{ Params: { file: string } }>('/metadata/:file', (request, reply) => {
    const { file } = request.params;
    if (file === 'sambi-frozen.xml') {
      observe('sambi-frozen', 'feed', request);
      return send(request, reply, frozen() ?? fail('web.not-found', 'nothing was frozen yet'));
    }
    const id = idOf(file.endsWith('.xml') ? file.slice(0, -4) : '');
    const feed = getFeed(publisher, id);
    observe(id, 'feed', request);
    return send(request, reply, feed.document);
  });
  for (const which of ['next', 'previous'] as const) {
    server.get<{ Params: { file: string } }>(`/metadata/${which}/:file`, (request, reply) => {
      const { file } = request.params;
      const id = idOf(file.endsWith('.xml') ? file.slice(0, -4) : '');
      const feed = getFeed(beside?.(which) ?? fail('web.not-found', 'no such key is published'), id);
      observe(id, 'feed', request, which);
      return send(request, reply, feed.document);
    });
  }
  // [MDQ §3.2.2] Everything that is known.
  server.get<{ Params: { feed: string } }>('/metadata/:feed/entities', (request, reply) => send(request, reply, getFeed(publisher, idOf(request.params.feed)).document));
  // [MDQ §3.2.1] The id comes percent-encoded and is compared letter for letter.
  server.get<{ Params: { 'feed': string; '*': string } }>('/metadata/:feed/entities/*', (request, reply) => {
    const id = idOf(request.params.feed);
    const document = getFeed(publisher, id).entities.get(request.params['*']) ?? fail('web.not-found', 'no such entity in this feed');
    observe(id, 'entity', request);
    return send(request, reply, document);
  });
};
