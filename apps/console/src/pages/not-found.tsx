export default function NotFound() {
  return (
    <section class="empty">
      <h1>There is no such page</h1>
      <p>
        The address may be mistyped. <a href="/console/">Go to the network’s numbers</a>.
      </p>
    </section>
  );
}
