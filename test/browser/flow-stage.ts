/** A real Bryggan, a real Chromium with cards, and two node-saml applications on another site (127.0.0.1 against localhost). */
import type { Server } from 'node:https';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { developmentSet, readDer, readFilePem, type CertificateEntry } from '../../certs-dev/set.ts';
import { createApplication } from '../../src/demo/application.ts';
import { demoApplications, writeServiceFiles, type DemoApplication } from '../../src/demo/service-files.ts';
import { startBryggan, type Bryggan, type ServiceFiles } from '../fixtures/bryggan.ts';
import { freePorts } from '../fixtures/ports.ts';
import { startChromium, type CardChromium } from './chromium.ts';

export interface FlowStage {
  readonly bryggan: Bryggan;
  readonly chromium: CardChromium;
  /** Base addresses of the two applications: the first asks for a commission, the second does not. */
  readonly journal: string;
  readonly planning: string;
  /** A browser without history, and a page of it; what its policy or a script complained of is collected. */
  open(options?: BrowserContextOptions): Promise<{ readonly context: BrowserContext; readonly page: Page; readonly complaints: readonly string[] }>;
  stop(): Promise<void>;
}

const serve = async (application: DemoApplication, machine: 'demo-1' | 'demo-2', port: number, bryggan: Bryggan): Promise<Server> => {
  const keys = developmentSet().machine(machine);
  const server = createApplication({
    id: application.id, party: application.party, partyName: application.party, name: application.names.en, baseUrl: application.baseUrl, entityId: application.entityId,
    idp: { ssoUrl: bryggan.ssoUrl, entityId: bryggan.entityId, certificate: readFilePem('keys/saml-signing.crt.pem') },
    key: readFilePem(keys.keyFile), certificate: readFilePem(keys.certFile), levels: application.levels, tls: { key: readFilePem('tls/application.key.pem'), cert: readFilePem('tls/application.crt.pem') }, neighbour: null,
  });
  await new Promise<void>((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  return server;
};

export const startFlowStage = async (held: readonly CertificateEntry[], services: readonly ServiceFiles[] = []): Promise<FlowStage> => {
  const ports = await freePorts(2);
  const applications = demoApplications((index) => `https://127.0.0.1:${String(ports[index])}`);
  const machines = ['demo-1', 'demo-2'] as const;
  const bryggan = await startBryggan({
    services,
    prepare: ({ root }) => { for (const [index, application] of applications.entries()) writeServiceFiles(root, application, readDer(developmentSet().machine(machines[index] ?? 'demo-1').certFile).toString('base64')); },
  });
  const servers = await Promise.all(applications.map((application, index) => serve(application, machines[index] ?? 'demo-1', ports[index] ?? 0, bryggan)));
  const chromium = await startChromium({ held });
  return {
    bryggan, chromium, journal: applications[0]?.baseUrl ?? '', planning: applications[1]?.baseUrl ?? '',
    open: async (options = {}) => {
      const context = await chromium.newContext({ locale: 'sv-SE', reducedMotion: 'reduce', ...options });
      const complaints: string[] = [];
      if (options.javaScriptEnabled !== false) {
        await context.exposeBinding('policyComplaint', (_source, text: string) => { complaints.push(text); });
        await context.addInitScript('addEventListener("securitypolicyviolation", (event) => window.policyComplaint(`${event.violatedDirective} ${event.blockedURI} on ${location.pathname}`))');
      }
      context.on('console', (message) => { if (message.type() === 'error' && !/status of (4|5)\d\d/.test(message.text())) complaints.push(message.text()); });
      context.on('weberror', (error) => { complaints.push(error.error().message); });
      return { context, page: await context.newPage(), complaints };
    },
    stop: async () => {
      await chromium.close();
      for (const server of servers) { server.closeAllConnections(); server.close(); }
      await bryggan.stop();
    },
  };
};
