/** One document at one address: fetched conditionally, verified before anything else sees it, the last good one kept in the state directory. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, toBrygganError } from '../../core/errors.ts';
import type { Clock, Instant, Random } from '../../core/ports.ts';
import { writeWhole } from '../../core/whole-file.ts';
import { readDocument, type VerifiedDocument } from './document.ts';
import type { Download, SourceSettings, SourceStatus } from './model.ts';

export interface SlotPorts { readonly clock: Clock; readonly random: Random; readonly download: Download; readonly directory: string }
const keptSchema = z.strictObject({ file: z.string(), url: z.string(), etag: z.string().nullable(), lastModified: z.string().nullable(), validUntil: z.number().nullable(), entities: z.number(), fetchedAt: z.number() });
type Kept = z.output<typeof keptSchema>;

const FETCH_MILLISECONDS = 120_000;
const FIRST_WAIT_MILLISECONDS = 30_000;
const MEGABYTE = 1_048_576;

export class Slot {
  readonly #settings: SourceSettings;
  readonly #ports: SlotPorts;
  readonly #name: string;
  readonly #url: string;
  #document: VerifiedDocument | null = null;
  #kept: Kept | null = null;
  #error: SourceStatus['lastError'] = null;
  #failures = 0;
  #due: Instant = 0;
  #generation = 0;
  #running: Promise<void> = Promise.resolve();

  /** `name` is a file name of our own making. */
  constructor(settings: SourceSettings, ports: SlotPorts, { name, url }: { readonly name: string; readonly url: string }) {
    this.#settings = settings;
    this.#ports = ports;
    this.#name = name;
    this.#url = url;
  }

  /** Null while there is none, and from its end on. */
  document(): VerifiedDocument | null {
    const end = this.#document?.validUntil ?? null;
    return end !== null && end <= this.#ports.clock.now() ? null : this.#document;
  }
  get fetchedAt(): Instant | null { return this.#kept?.fetchedAt ?? null; }
  get validUntil(): Instant | null { return this.#kept?.validUntil ?? null; }
  get entities(): number { return this.#document?.entities ?? 0; }
  get error(): SourceStatus['lastError'] { return this.#error; }
  get due(): Instant { return this.#due; }
  /** Counts documents taken. */
  get generation(): number { return this.#generation; }

  /** What was kept over a restart, verified anew. Never throws: without it the next fetch decides. */
  open(): Promise<void> {
    return this.#inTurn(async () => {
      const text = await readFile(this.#path('json'), 'utf8').catch(() => null);
      try {
        const kept = text === null ? null : keptSchema.parse(JSON.parse(text));
        await this.#sweep(kept?.file);
        if (kept?.url !== this.#url) return;
        // Also when the document has ended: nothing older may follow it.
        this.#kept = kept;
        this.#document = await readDocument(join(this.#ports.directory, kept.file), this.#settings, null, this.#ports.clock.now());
        this.#generation += 1;
      } catch (error) {
        this.#say(error);
      }
    });
  }

  /** `anyway`: a person has looked at what is older or much smaller. Never throws. */
  refresh({ anyway = false } = {}): Promise<void> {
    return this.#inTurn(async () => {
      const { clock } = this.#ports;
      try {
        await this.#fetch(anyway);
        this.#error = null;
        this.#failures = 0;
        this.#due = clock.now() + this.#spread(this.#settings.everySeconds * 1000);
      } catch (error) {
        this.#say(error);
        this.#due = clock.now() + this.#spread(Math.min(this.#settings.everySeconds * 1000, FIRST_WAIT_MILLISECONDS * 2 ** Math.min(this.#failures, 16)));
        this.#failures += 1;
      }
    });
  }

  /** What a process that was killed left half written. */
  async #sweep(kept: string | undefined): Promise<void> {
    const { directory } = this.#ports;
    for (const file of await readdir(directory).catch(() => [])) {
      if (file.startsWith(`${this.#name}-`) && /^-[0-9a-f]{16}\.xml$/.test(file.slice(this.#name.length)) && file !== kept) await rm(join(directory, file), { force: true });
    }
  }

  async #fetch(anyway: boolean): Promise<void> {
    const { clock, download, directory, random } = this.#ports;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const file = `${this.#name}-${random.bytes(8).toString('hex')}.xml`;
    const path = join(directory, file);
    try {
      const answer = await download(this.#url, this.#asks(anyway), path, { milliseconds: FETCH_MILLISECONDS, bytes: this.#settings.largestMegabytes * MEGABYTE, httpsOnly: true });
      if (answer.status === 'absent') return fail('metadata.source', 'the publisher does not have it (404)');
      if (answer.status === 'not-modified') return await this.#keep({ ...(this.#kept ?? fail('metadata.source', 'answered 304 to a question that was not conditional')), fetchedAt: clock.now() });
      const before = anyway ? null : this.#kept;
      const document = await readDocument(path, this.#settings, before, clock.now());
      const old = this.#kept?.file;
      await this.#keep({ file, url: this.#url, etag: answer.etag, lastModified: answer.lastModified, validUntil: document.validUntil, entities: document.entities, fetchedAt: clock.now() });
      this.#document = document;
      this.#generation += 1;
      if (old !== undefined) await rm(join(directory, old), { force: true });
    } finally {
      if (this.#kept?.file !== file) await rm(path, { force: true });
    }
  }

  /** Conditional only while what the validators stand for is in our hands [RFC 9110 §13.1.2]. */
  #asks(anyway: boolean): Readonly<Record<string, string>> {
    const accept = { accept: 'application/samlmetadata+xml, application/xml, text/xml' };
    if (anyway || this.document() === null || this.#kept === null) return accept;
    const { etag, lastModified } = this.#kept;
    return { ...accept, ...(etag === null ? {} : { 'if-none-match': etag }), ...(lastModified === null ? {} : { 'if-modified-since': lastModified }) };
  }

  async #keep(kept: Kept): Promise<void> {
    await writeWhole(this.#path('json'), JSON.stringify(kept));
    this.#kept = kept;
  }
  #say(error: unknown): void {
    const { code, detail } = toBrygganError(error);
    this.#error = { at: this.#ports.clock.now(), code, detail };
  }
  #path(ending: string): string {
    return join(this.#ports.directory, `${this.#name}.${ending}`);
  }
  /** A tenth to either side, so that nodes do not ask in step. */
  #spread(milliseconds: number): number {
    return Math.round(milliseconds * (0.9 + ((this.#ports.random.bytes(1)[0] ?? 0) / 255) * 0.2));
  }
  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#running = this.#running.then(work);
    return this.#running;
  }
}
