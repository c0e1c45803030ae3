import { useConfig } from '../../data/config.tsx';

/** Where the measurements are drawn over time, if it is known. */
export function GrafanaLink() {
  const { grafana } = useConfig();
  if (grafana === undefined || !/^https?:\/\//.test(grafana)) return null;
  return (
    <a class="button" href={`${grafana}/dashboards`} rel="noreferrer" target="_blank">
      Grafana
    </a>
  );
}
