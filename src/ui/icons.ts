/** Six line icons and the mark, drawn for Bryggan on one grid: 32 units, stroke 1.75, round ends. */
import { html, type SafeHtml } from './html.ts';

export type IconName = 'card' | 'phone' | 'building' | 'check' | 'warning' | 'clock';

const icons: Readonly<Record<IconName, SafeHtml>> = {
  // A chip card with its contact plate.
  card: html`<svg class="icon" viewBox="0 0 32 32" aria-hidden="true"><rect x="2.5" y="6.5" width="27" height="19" rx="3"/><rect x="7" y="12" width="7.5" height="6.5" rx="1.5"/><path d="M19 13.5h6M19 18h3.5"/></svg>`,
  phone: html`<svg class="icon" viewBox="0 0 32 32" aria-hidden="true"><rect x="9" y="3" width="14" height="26" rx="3"/><path d="M14.5 25h3M12.8 14l2.4 2.4 4.2-4.4"/></svg>`,
  building: html`<svg class="icon" viewBox="0 0 32 32" aria-hidden="true"><path d="M4 28h24M7.5 28V6.5A1.5 1.5 0 0 1 9 5h14a1.5 1.5 0 0 1 1.5 1.5V28M13 28v-6h6v6M12 10.5h2.5M17.5 10.5H20M12 16h2.5M17.5 16H20"/></svg>`,
  check: html`<svg class="icon" viewBox="0 0 32 32" aria-hidden="true"><circle cx="16" cy="16" r="12"/><path d="M10.5 16.5l3.8 3.8 7.4-8"/></svg>`,
  warning: html`<svg class="icon" viewBox="0 0 32 32" aria-hidden="true"><path d="M14.3 5.4a2 2 0 0 1 3.4 0l10.8 18.9a2 2 0 0 1-1.7 3H5.2a2 2 0 0 1-1.7-3zM16 12.5v6.5M16 23v.1"/></svg>`,
  clock: html`<svg class="icon" viewBox="0 0 32 32" aria-hidden="true"><circle cx="16" cy="16" r="12"/><path d="M16 9v7l4.8 3"/></svg>`,
};
export const icon = (name: IconName): SafeHtml => icons[name];
export const chevron: SafeHtml = html`<svg class="go" viewBox="0 0 20 20" aria-hidden="true"><path d="M7 4l6 6-6 6"/></svg>`;
/** The jetty from the side: deck, piles, water. */
export const mark: SafeHtml = html`<svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><path d="M2.5 8h19M6.5 8v8M12 8v8M17.5 8v8M3 19.5c1.5-1.3 3-1.3 4.5 0s3 1.3 4.5 0 3-1.3 4.5 0 3 1.3 4.5 0"/></svg>`;
