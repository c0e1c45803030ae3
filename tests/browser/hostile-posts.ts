/** What a stranger may write into a post. If any of it ran, `window.hacked` would say so. */
export const MARKER = 'kelpie';

const RUN = 'window.hacked=1';
const HOSTILE_TEXTS = [
  `<img src=x onerror="${RUN}"> <script>${RUN}</script> <svg onload="${RUN}">`,
  `‮⁦‏ gnitirw ⁩ {{constructor.constructor('${RUN}')()}} \${${RUN}}`,
  `z${'̴̂'.repeat(50)}algo`,
  `javascript:${RUN} [click](javascript:${RUN}) <a href="javascript:${RUN}">x</a>`,
];

export const HOSTILE_NAME = `<img src=x onerror="${RUN}">‮`;

/** Records of posts, all of which a search for MARKER finds. */
export function hostilePosts(picture: unknown): Record<string, unknown>[] {
  return [
    ...HOSTILE_TEXTS.map((text) => ({ text: `${MARKER} ${text}` })),
    {
      text: `${MARKER} facet`,
      facets: [linkFacet(`javascript:${RUN}`), linkFacet('data:text/html,<script>1</script>')],
    },
    { text: `${MARKER} card`, embed: externalCard(`javascript:${RUN}`) },
    { text: `${MARKER} picture`, embed: pictureOf(picture, `<b onclick="${RUN}">${'long '.repeat(2_000)}`) },
    { text: `${MARKER} ${'W'.repeat(280)}` },
  ];
}

function linkFacet(uri: string): object {
  return {
    index: { byteStart: 0, byteEnd: MARKER.length },
    features: [{ $type: 'app.bsky.richtext.facet#link', uri }],
  };
}

function externalCard(uri: string): object {
  return { $type: 'app.bsky.embed.external', external: { uri, title: `<script>${RUN}</script>`, description: '' } };
}

function pictureOf(image: unknown, alt: string): object {
  return { $type: 'app.bsky.embed.images', images: [{ image, alt }] };
}
