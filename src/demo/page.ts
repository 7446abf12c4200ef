/** The frame of every demo page: plainly another product than Bryggan. */
import { html, type SafeHtml } from '../ui/html.ts';

export const demoPage = (title: string, owner: string, content: SafeHtml): string => String(html`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title><link rel="stylesheet" href="/style.css">
<header><b>${title}</b><span class="soft">${owner} · demo</span></header><main>${content}</main></html>`);
