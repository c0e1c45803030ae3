import type { PostCard as Card } from '@updraft/console-api/views';
import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { PostCard } from './post-card.tsx';

const HOSTILE = '<img src=x onerror=alert(1)><script>alert(2)</script>"\'\u202E';
const card = (post: Partial<Card>): Card => ({
  uri: 'at://did:plc:a/app.bsky.feed.post/3k',
  did: 'did:plc:a',
  handle: 'a.example',
  displayName: '',
  createdAt: '2026-07-04T12:00:00Z',
  segments: [],
  langs: [],
  images: [],
  labels: [],
  ...post,
});
const render = (post: Partial<Card>) => renderToString(h(PostCard, { post: card(post) }));

test('nothing that strangers wrote becomes markup', () => {
  const html = render({
    displayName: HOSTILE,
    handle: HOSTILE,
    segments: [{ text: HOSTILE }, { text: HOSTILE, tag: HOSTILE }, { text: HOSTILE, mention: HOSTILE }],
    langs: [HOSTILE],
    images: [{ alt: HOSTILE }, { alt: HOSTILE.repeat(200) }],
    video: { alt: HOSTILE },
    external: { link: 'https://x.example/', title: HOSTILE, description: HOSTILE },
    quote: { uri: HOSTILE, did: HOSTILE, handle: HOSTILE, text: HOSTILE },
    replyTo: HOSTILE,
    labels: [HOSTILE],
  });
  expect(html).toContain('&lt;script>alert(2)');
  expect(html).not.toMatch(/<(?:img|script)/i);
  const withoutValues = html.replaceAll(/"[^"]*"/g, '""');
  expect(withoutValues).not.toMatch(/<[^>]*\son\w+=/i);
});

test('what is not http or https is never a link, whoever says so', () => {
  const scripts = ['javascript:alert(1)', ' javascript:alert(1)', 'data:text/html,x', 'vbscript:x', '//x.example'];
  for (const link of scripts) {
    const html = render({ segments: [{ text: 'x', link }], external: { link, title: 'x', description: '' } });
    const addresses = [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
    expect(addresses).toEqual(['https://bsky.app/profile/did%3Aplc%3Aa', 'https://bsky.app/profile/did:plc:a/post/3k']);
  }
});

test('a long alternative text is folded, and whole when it is opened', () => {
  const alt = 'a cat '.repeat(1_000);
  expect(render({ images: [{ alt }] })).toContain(`<bdi>${alt}</bdi></details>`);
});

test('a post with labels is folded below them', () => {
  const html = render({ labels: ['porn'], segments: [{ text: 'hidden at first' }] });
  expect(html.indexOf('<details')).toBeLessThan(html.indexOf('hidden at first'));
  expect(html).not.toContain('<details open');
});
