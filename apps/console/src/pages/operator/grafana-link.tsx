import { useSession } from '../../data/session.tsx';

/** Where the measurements are drawn over time, if it is known. */
export function GrafanaLink() {
  const grafana = useSession().session?.grafana;
  if (grafana === undefined || !/^https?:\/\//.test(grafana)) return null;
  return (
    <a class="button" href={`${grafana}/dashboards`} rel="noreferrer" target="_blank">
      Grafana
    </a>
  );
}
