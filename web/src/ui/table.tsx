// A table that scrolls sideways on its own when it is wider than its place.
import type { ReactNode } from "react";

/** A column's name; `num` aligns to the right, `hidden` is for screen readers alone. */
export type Head = string | { name: ReactNode; num?: boolean; hidden?: boolean };

export const num = (name: ReactNode): Head => ({ name, num: true });
export const hidden = (name: string): Head => ({ name, hidden: true });

export function Table({
  heads,
  children,
  className,
  short,
  label,
}: {
  heads: readonly Head[];
  children: ReactNode;
  className?: string;
  /** Scrolls downwards, too, when it is long. */
  short?: boolean;
  label?: string;
}) {
  return (
    <div className={`scroll ${short ? "short" : ""}`} tabIndex={short ? 0 : undefined}>
      <table className={className} aria-label={label}>
        <thead>
          <tr>
            {heads.map((head, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
              <ColumnHead key={place} of={head} />
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

function ColumnHead({ of: head }: { of: Head }) {
  const { name, num, hidden } = typeof head === "string" ? { name: head } : head;
  return (
    <th scope="col" className={num ? "num" : undefined}>
      {hidden ? <span className="sr-only">{name}</span> : name}
    </th>
  );
}
