/** Posts as cards. */
export function PostCards({ uris }: { uris: readonly string[] }) {
  return (
    <div class="cards">
      {uris.map((uri) => (
        <article key={uri} class="card">
          {uri}
        </article>
      ))}
    </div>
  );
}
