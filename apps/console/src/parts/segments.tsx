import './segments.css';

interface SegmentsProps<T extends string> {
  readonly label: string;
  /** Of the group of radio buttons; unique in the page. */
  readonly name: string;
  readonly options: readonly { readonly value: T; readonly title: string }[];
  readonly chosen: T;
  readonly choose: (value: T) => void;
}

/** One of a few, side by side: radio buttons, with their keys. */
export function Segments<T extends string>({ label, name, options, chosen, choose }: SegmentsProps<T>) {
  return (
    <fieldset class="segments">
      <legend class="unseen">{label}</legend>
      {options.map(({ value, title }) => (
        <label key={value}>
          <input type="radio" name={name} value={value} checked={value === chosen} onChange={() => choose(value)} />
          {title}
        </label>
      ))}
    </fieldset>
  );
}
