// A rating from 1 to 5, to see and to give.
import { useId } from "react";

export function Stars({ of: rating }: { of: number }) {
  const whole = Math.round(rating);
  return (
    <span className="stars" role="img" aria-label={`${rating} of 5`} title={`${rating} of 5`}>
      {"★".repeat(whole)}
      {"☆".repeat(5 - whole)}
    </span>
  );
}

export function StarsInput({ value, onChange }: { value: number; onChange: (rating: number) => void }) {
  const name = useId();
  return (
    <fieldset className="stars-input">
      <legend>Your rating</legend>
      {[1, 2, 3, 4, 5].map((rating) => (
        <label key={rating} className={rating <= value ? "on" : ""}>
          <input
            type="radio"
            name={name}
            className="sr-only"
            checked={rating === value}
            onChange={() => onChange(rating)}
          />
          <span aria-hidden="true">★</span>
          <span className="sr-only">{`${rating} of 5`}</span>
        </label>
      ))}
    </fieldset>
  );
}
